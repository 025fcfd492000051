using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Foundation.Kernel;

/// <summary>
/// Mints and checks <see cref="ResourceId"/>s. Ids of one process never repeat, even when the clock steps back: the
/// millisecond is the greatest of the clock, the last one used and (at start) the greatest one stored.
/// </summary>
/// <remarks>
/// The tag is 32 bits of HMAC-SHA-256 over the other bits and the prefix: an id that was not minted with this deployment's
/// key is answered 404 without a read.
/// </remarks>
public sealed class IdFactory(TimeProvider time, RandomSource random)
{
    private const int CounterBits = 13;
    private readonly uint _process = random.NextSeed() & 0x7FF_FFFF;
    private long _last; // milliseconds << 13 | counter
    private byte[]? _key;

    /// <summary>Whether <see cref="Initialize"/> has run.</summary>
    public bool Initialized => _key is not null;

    /// <summary>Sets the deployment's key (32 bytes) and the greatest millisecond already used.</summary>
    public void Initialize(ReadOnlySpan<byte> key, long greatestMilliseconds = 0)
    {
        Observe(greatestMilliseconds);
        _key = key.ToArray();
    }

    /// <summary>Makes sure that no id at or before this millisecond is minted from now on.</summary>
    public void Observe(long milliseconds)
    {
        var floor = (milliseconds + 1) << CounterBits;
        long seen;
        while ((seen = Volatile.Read(ref _last)) < floor && milliseconds > 0)
        {
            Interlocked.CompareExchange(ref _last, floor, seen);
        }
    }

    /// <summary>A new id.</summary>
    /// <param name="prefix">The kind of thing, without underscore: <c>task</c>.</param>
    /// <param name="shard">0–255.</param>
    public ResourceId Mint(string prefix, int shard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shard, 255);
        var head = Head(NextTick(1), shard, _process);
        return new ResourceId(head | Tag(prefix, head));
    }

    /// <summary>
    /// The base of ids that are created together and may have to be made again after a crash: store it first, then <see cref="Derive"/>
    /// them. It is no id itself.
    /// </summary>
    /// <param name="count">How many ids follow from it at most.</param>
    public ResourceId MintBase(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var first = NextTick(count);
        return new ResourceId(Head(first, 0, _process));
    }

    /// <summary>The id number <paramref name="index"/> of a base: the same arguments give the same id, in every process.</summary>
    public ResourceId Derive(ResourceId baseId, string prefix, int shard, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shard, 255);
        var first = (baseId.Milliseconds << CounterBits) | ((long)(baseId.Value >> 59) & 0x1FFF);
        var head = Head(first + index, shard, (uint)(baseId.Value >> 32) & 0x7FF_FFFF);
        return new ResourceId(head | Tag(prefix, head));
    }

    /// <summary>Reads an id and checks that it was minted here.</summary>
    public bool TryParse([NotNullWhen(true)] string? text, string prefix, out ResourceId id)
    {
        id = default;
        return text is not null
            && ResourceId.TryParse(text, prefix, out id)
            && (uint)(id.Value & uint.MaxValue) == Tag(prefix, id.Value & ~(UInt128)uint.MaxValue);
    }

    /// <summary>An HMAC of this deployment over a text: tokens and derived ids that nobody else can compute.</summary>
    public UInt128 Seal(string purpose, UInt128 subject, long number)
    {
        Span<byte> input = stackalloc byte[24 + Encoding.UTF8.GetMaxByteCount(purpose.Length)];
        BinaryPrimitives.WriteUInt128BigEndian(input, subject);
        BinaryPrimitives.WriteInt64BigEndian(input[16..], number);
        var length = 24 + Encoding.UTF8.GetBytes(purpose, input[24..]);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(Key, input[..length], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    private byte[] Key => _key ?? throw new InvalidOperationException("Ids are not ready: the host has not read its identity yet.");

    private static UInt128 Head(long tick, int shard, uint process) =>
        ((UInt128)(ulong)(tick >> CounterBits) << 80)
        | ((UInt128)(uint)shard << 72)
        | ((UInt128)(uint)(tick & 0x1FFF) << 59)
        | ((UInt128)process << 32);

    // The first of `count` ticks that nobody else gets.
    private long NextTick(int count)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _last);
            var next = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits, seen + 1);
            if (Interlocked.CompareExchange(ref _last, next + count - 1, seen) == seen)
            {
                return next;
            }
        }
    }

    private uint Tag(string prefix, UInt128 head)
    {
        Span<byte> input = stackalloc byte[16 + 16];
        BinaryPrimitives.WriteUInt128BigEndian(input, head);
        var length = 16 + Encoding.UTF8.GetBytes(prefix.AsSpan(0, Math.Min(prefix.Length, 16)), input[16..]);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(Key, input[..length], hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }
}
