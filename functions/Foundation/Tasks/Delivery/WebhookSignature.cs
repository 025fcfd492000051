using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Foundation.Tasks.Delivery;

/// <summary>Signs deliveries: Standard Webhooks (standardwebhooks.com, symmetric <c>v1</c>), and Jido's form.</summary>
internal static class WebhookSignature
{
    private const string SecretPrefix = "whsec_";

    /// <summary>The value of <c>webhook-signature</c>: HMAC-SHA-256 over id, timestamp and body.</summary>
    public static string Standard(string secret, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}."));
        return "v1," + Convert.ToBase64String(Hash(KeyOf(secret), head, body));
    }

    /// <summary>The value of <c>x-webhook-signature</c>: lower-case hex HMAC-SHA-256 over timestamp and body.</summary>
    public static string Jido(string secret, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeSeconds()}."));
        return Convert.ToHexStringLower(Hash(Encoding.UTF8.GetBytes(secret), head, body));
    }

    // A secret in the standard's form is base 64; any other text is used as its bytes.
    private static byte[] KeyOf(string secret)
    {
        if (secret.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            var buffer = new byte[secret.Length];
            if (Convert.TryFromBase64String(secret[SecretPrefix.Length..], buffer, out var length))
            {
                return buffer[..length];
            }
        }

        return Encoding.UTF8.GetBytes(secret);
    }

    private static byte[] Hash(byte[] key, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(head);
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
