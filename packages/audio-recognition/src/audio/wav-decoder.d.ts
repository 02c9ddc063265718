/** The part of wav-decoder that is used; the package has no types of its own. */
declare module 'wav-decoder' {
  interface AudioData {
    readonly sampleRate: number;
    /** `[channel][sample]` */
    readonly channelData: readonly Float32Array[];
  }
  function decode(buffer: ArrayBuffer): Promise<AudioData>;
  namespace decode {
    /** @param symmetric - integers are divided by 2^(bits − 1), not by another number on either side of 0 */
    function sync(buffer: ArrayBuffer, options?: { readonly symmetric?: boolean }): AudioData;
  }
  const wavDecoder: { readonly decode: typeof decode };
  export default wavDecoder;
}
