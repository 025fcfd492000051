using System.Buffers.Binary;
using System.IO.Hashing;

namespace Foundation.Azure.Tables;

/// <summary>
/// The last commits that wrote a row, newest first, as 64-bit stamps. A row's version carries it, so every replace knows what it goes
/// on from without a read, and whoever lost a reply finds its own stamp even after others wrote the row again, or the gapless line
/// without it.
/// </summary>
internal readonly record struct CommitChain(ReadOnlyMemory<byte> Stamps)
{
    private const int Kept = 8;
    private const int Size = sizeof(ulong);

    /// <summary>The chain after one more commit.</summary>
    public CommitChain Then(CommitId commit)
    {
        var longer = new byte[Math.Min(Stamps.Length + Size, Kept * Size)];
        Write(commit, longer);
        Stamps.Span[..(longer.Length - Size)].CopyTo(longer.AsSpan(Size));
        return new CommitChain(longer);
    }

    /// <summary>Whether this commit is among them.</summary>
    public bool Has(CommitId commit)
    {
        Span<byte> stamp = stackalloc byte[Size];
        Write(commit, stamp);
        return Find(stamp) >= 0;
    }

    /// <summary>Whether the row has gone on from the version with that chain in a line that is all known here.</summary>
    public bool GoesOnFrom(CommitChain earlier) => earlier.Stamps.Length > 0 && Find(earlier.Stamps.Span[..Size]) >= 0;

    /// <summary>Whether it reaches back to the row's creation: nothing has fallen off its end.</summary>
    public bool IsWhole => Stamps.Length < Kept * Size;

    /// <summary>Whether both are the same line: a memory compares by place, not by content.</summary>
    public bool Equals(CommitChain other) => Stamps.Span.SequenceEqual(other.Stamps.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => Stamps.Length >= Size ? BinaryPrimitives.ReadInt32LittleEndian(Stamps.Span) : 0;

    /// <summary>The version of a row: the service's tag and the chain.</summary>
    public RowVersion ToVersion(string tag) => new(0, $"{tag} {Convert.ToBase64String(Stamps.Span)}");

    /// <summary>Tag and chain of a version; one that no store of this kind gave has no tag.</summary>
    public static (string? Tag, CommitChain Chain) Read(RowVersion version)
    {
        if (version.Tag is not { } text || text.LastIndexOf(' ') is not (> 0 and var end))
        {
            return (null, default);
        }

        return (text[..end], new CommitChain(Convert.FromBase64String(text[(end + 1)..])));
    }

    private int Find(ReadOnlySpan<byte> stamp)
    {
        for (var i = 0; i < Stamps.Length; i += Size)
        {
            if (Stamps.Span.Slice(i, Size).SequenceEqual(stamp))
            {
                return i;
            }
        }

        return -1;
    }

    private static void Write(CommitId commit, Span<byte> stamp)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, commit.Value);
        BinaryPrimitives.WriteUInt64BigEndian(stamp, XxHash3.HashToUInt64(id));
    }
}
