using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Foundation.Registry.Leases;

/// <summary>
/// Tokens of leases: a seal over the row's id and the generation, so that an answer can be given again and nothing secret is stored.
/// </summary>
internal static class LeaseTokens
{
    private const string Prefix = "lease";

    /// <summary>The token of a generation.</summary>
    public static string Of(IdFactory ids, string id, long generation) =>
        new ResourceId(ids.Seal("registry.lease", Value(id), generation)).ToText(Prefix);

    /// <summary>What a shown token proves.</summary>
    public static LeaseProof Prove(IdFactory ids, string? token, string id, long generation)
    {
        if (string.IsNullOrEmpty(token))
        {
            return LeaseProof.None;
        }

        var expected = Of(ids, id, generation);
        return CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(token.AsSpan()), MemoryMarshal.AsBytes(expected.AsSpan()))
            ? LeaseProof.Current : LeaseProof.Stale;
    }

    private static UInt128 Value(string id) => ResourceId.TryRead(id, out var value)
        ? value.Value
        : throw new InvalidOperationException($"Not an id of an instance: '{id}'");
}
