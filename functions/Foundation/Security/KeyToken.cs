using System.Security.Cryptography;

namespace Foundation.Security;

/// <summary>
/// The text that callers send: <c>fk_&lt;id&gt;_&lt;secret&gt;</c>. The id leads to the row without an index; the secret is 256 random bits
/// in hexadecimal, so that a double click selects it and a scanner for leaked secrets finds it.
/// </summary>
internal static class KeyToken
{
    public const string Prefix = "fk_";
    public const int SecretBytes = 32;
    private const int IdStart = 3;
    private const int SecretStart = IdStart + ResourceId.TextLength + 1;
    private const int Length = SecretStart + (2 * SecretBytes);

    public static string Write(ResourceId id, ReadOnlySpan<byte> secret) => $"{Prefix}{id}_{Convert.ToHexStringLower(secret)}";

    /// <summary>What is stored of a secret. It has 256 random bits, so a slow hash would protect nothing more.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);

    /// <summary>Reads the form; whether the id was minted here and the secret fits is for the key ring to say.</summary>
    /// <param name="text">What was sent.</param>
    /// <param name="id">The key it names.</param>
    /// <param name="hash">Receives the secret's SHA-256: 32 bytes.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out ResourceId id, Span<byte> hash)
    {
        id = default;
        Span<byte> secret = stackalloc byte[SecretBytes];
        if (text.Length != Length
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text[SecretStart - 1] != '_'
            || !ResourceId.TryRead(text[IdStart..(SecretStart - 1)], out id)
            || Convert.FromHexString(text[SecretStart..], secret, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        SHA256.HashData(secret, hash);
        return true;
    }
}
