using System.Buffers.Binary;

namespace Foundation.Azure.Tables;

/// <summary>Ids for commits that the store makes itself, and for those that come without one: each try to decide is stamped.</summary>
internal sealed class OwnCommitIds(RandomSource random)
{
    public CommitId Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        return new CommitId(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}
