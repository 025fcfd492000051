using System.Security.Cryptography;

namespace Foundation.Kernel;

/// <summary>
/// The one home of randomness. Production draws from the operating system; a simulation passes a seed and gets the same
/// numbers again.
/// </summary>
public sealed class RandomSource
{
    private readonly Random? _seeded;
    private readonly Lock _gate = new();

    private RandomSource(Random? seeded) => _seeded = seeded;

    /// <summary>Cryptographic randomness.</summary>
    public static RandomSource System { get; } = new(null);

    /// <summary>Repeatable randomness for simulations and tests.</summary>
    public static RandomSource FromSeed(int seed) => new(Seeded(seed));

    /// <summary>Fills the buffer.</summary>
    public void Fill(Span<byte> buffer)
    {
        if (_seeded is null)
        {
            RandomNumberGenerator.Fill(buffer);
            return;
        }

        lock (_gate)
        {
            _seeded.NextBytes(buffer);
        }
    }

    /// <summary>A seed for a decider.</summary>
    public uint NextSeed()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BitConverter.ToUInt32(bytes);
    }

#pragma warning disable RS0030, CA5394 // The one home: a seeded generator is repeatable on purpose.
    private static Random Seeded(int seed) => new(seed);
#pragma warning restore RS0030, CA5394
}
