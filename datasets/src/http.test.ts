import { expect, test } from 'vitest';
import { redirectTarget } from './http.js';

test.each([
  ['http://a.example/x', 'https://b.example/y', 'https://b.example/y'],
  ['http://a.example/x', 'http://b.example/y', 'http://b.example/y'],
  ['https://a.example/x/y', '../z', 'https://a.example/z'],
])('from %s a redirect to %s leads to %s', (from, location, target) => {
  expect(redirectTarget(new URL(from), location).href).toBe(target);
});

test.each([
  ['https://a.example/x', 'http://a.example/y', /from https to plain http:\/\/a\.example\/y/],
  ['https://a.example/x', 'file:///etc/passwd', /to file:/],
  ['http://a.example/x', 'data:text/plain,x', /to data:/],
  ['http://a.example/x', 'http://', /to nowhere/],
  ['http://a.example/x', undefined, /to nowhere/],
])('from %s a redirect to %s is not followed', (from, location, message) => {
  expect(() => redirectTarget(new URL(from), location)).toThrow(message);
});
