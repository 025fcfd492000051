using System.Collections.Immutable;

namespace Foundation.Protocols.Memory;

/// <summary>
/// The last commits of a single-process store by their ids, so that one sent again gets its first answer. Asked only on a
/// conflict: without one nothing was sent twice, or it does no harm.
/// </summary>
/// <remarks>Not thread-safe: it belongs to the writer.</remarks>
public sealed class RecentCommits
{
    /// <summary>How many are remembered.</summary>
    public const int Capacity = 4096;

    private readonly UInt128[] _ids = new UInt128[Capacity];
    private readonly long[] _versions = new long[Capacity];
    private int _next;

    /// <summary>Remembers a commit and the version that its rows got.</summary>
    public void Add(CommitId id, long version)
    {
        _ids[_next] = id.Value;
        _versions[_next] = version;
        _next = (_next + 1) % Capacity;
    }

    /// <summary>Forgets the newest commits: they did not become durable.</summary>
    public void Forget(int count)
    {
        for (; count > 0; count--)
        {
            _next = (_next + Capacity - 1) % Capacity;
            _ids[_next] = 0;
        }
    }

    /// <summary>The answer to a commit that was made before, or null.</summary>
    public CommitResult.Committed? Find(Commit commit)
    {
        var index = commit.Id.Value == 0 ? -1 : Array.IndexOf(_ids, commit.Id.Value);
        return index < 0 ? null : new CommitResult.Committed(Versions(commit.Writes, _versions[index]));
    }

    /// <summary>The versions of a commit whose rows all got this one.</summary>
    public static ImmutableArray<RowVersion> Versions(ImmutableArray<Write> writes, long version)
    {
        var versions = new RowVersion[writes.Length];
        for (var i = 0; i < versions.Length; i++)
        {
            versions[i] = writes[i] is Write.Delete ? default : new RowVersion(version);
        }

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(versions);
    }
}
