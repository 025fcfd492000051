using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Foundation.Kernel;

/// <summary>A hash that never changes between versions, processes or machines: shards are chosen by it.</summary>
public static class StableHash
{
    /// <summary>XXH3-64 of the UTF-16LE bytes.</summary>
    public static ulong Of(string text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));

    /// <summary>The shard number 0–15 of a text; every host uses the same sixteen numbers.</summary>
    public static int ShardOf(string text) => (int)(Of(text) & 15);
}
