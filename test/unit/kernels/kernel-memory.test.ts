import { describe, expect, it } from 'vitest';
import { KernelArena } from '../../../lambdas/shared/kernels/kernel-arena.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';

const MIB = 1024 * 1024;

describe('KernelMemory', () => {
  it('hands out regions that do not overlap, aligned to cache lines', () => {
    const memory = KernelMemory.create();

    const first = memory.allocate(1);
    const second = memory.allocate(100);

    expect(first % 64).toBe(0);
    expect(second).toBe(first + 64);
    expect(memory.allocate(8)).toBe(second + 128);
  });

  it('grows, and keeps the views from before', () => {
    const memory = KernelMemory.create();
    const before = memory.uint32s(memory.allocate(4), 1);
    before[0] = 7;

    const at = memory.allocate(40 * MIB);
    memory.bytes(at, 40 * MIB)[40 * MIB - 1] = 1;

    expect(memory.holds(before)).toBe(true);
    expect(memory.uint32s(before.byteOffset, 1)[0]).toBe(7);
  });

  it('shares what is taken with everyone who wraps the same memory', () => {
    const memory = KernelMemory.create();
    const other = new KernelMemory(memory.memory);

    const at = memory.allocate(64);
    memory.bytes(at, 1)[0] = 9;

    expect(other.allocate(64)).toBe(at + 64);
    expect(other.bytes(at, 1)[0]).toBe(9);
  });

  it('refuses what cannot be addressed, and still gives less', () => {
    const memory = KernelMemory.create();

    expect(memory.tryAllocate(4 * 1024 * MIB)).toBeNull();
    expect(() => memory.allocate(5 * 1024 * MIB)).toThrow('fit the memory');
    expect(memory.tryAllocate(MIB)).not.toBeNull();
  });

  it('tells its own views from others', () => {
    const memory = KernelMemory.create();

    expect(memory.holds(memory.doubles(memory.allocate(8), 1))).toBe(true);
    expect(memory.holds(new Float64Array(1))).toBe(false);
  });
});

describe('KernelArena', () => {
  it('gives the same regions again after a reset', () => {
    const arena = new KernelArena(KernelMemory.create());
    const sizes = [100, 3 * MIB, 10];
    const first = sizes.map((size) => arena.take(size));

    arena.reset();

    expect(sizes.map((size) => arena.take(size))).toEqual(first);
  });

  it('leaves a view where kernels reach it, and copies any other', () => {
    const memory = KernelMemory.create();
    const arena = new KernelArena(memory);
    const own = memory.uint32s(memory.allocate(8), 2).subarray(1);

    expect(arena.place(own)).toBe(own.byteOffset);
    const at = arena.place(Uint8Array.of(1, 2, 3));
    expect([...memory.bytes(at, 3)]).toEqual([1, 2, 3]);
  });
});
