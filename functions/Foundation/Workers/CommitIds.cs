namespace Foundation.Workers;

/// <summary>Ids of commits: unique per process incarnation and call. Each leaves room for the ids of its posts.</summary>
public sealed class CommitIds(RandomSource random)
{
    private const int Block = 256;
    private readonly UInt128 _process = ((UInt128)random.NextSeed() << 96) | ((UInt128)random.NextSeed() << 64);
    private long _next;

    /// <summary>The next id.</summary>
    public CommitId Next() => new(_process + (UInt128)(ulong)(Interlocked.Add(ref _next, Block) - Block));
}
