using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Foundation.Client.Agents;

/// <summary>Verifies Standard Webhooks signatures (standardwebhooks.com, symmetric <c>v1</c>).</summary>
internal sealed class WebhookVerifier(string secret, TimeProvider time)
{
    private const string SecretPrefix = "whsec_";
    private const string Scheme = "v1,";

    /// <summary>How old or early a signature may be; the standard's recommendation.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = KeyOf(secret);

    /// <summary>Why a request is not from the host, or null.</summary>
    public string? Refusal(IHeaderDictionary headers, string expectedId, ReadOnlySpan<byte> body)
    {
        var (id, timestamp, signatures) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString());
        if (id.Length == 0 || signatures.Length == 0 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return "The delivery is not signed.";
        }

        // Only id, time and body are signed: what the headers say of id and attempt must be what was signed.
        if (id != expectedId)
        {
            return "The signature is of another delivery.";
        }

        if (Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
        {
            return "The signature is too old, or the clocks differ by more than five minutes.";
        }

        var expected = Sign($"{id}.{timestamp}.", body);
        return signatures.Split(' ').Any(s => Matches(s, expected)) ? null : "The signature does not fit.";
    }

    private static bool Matches(string signature, byte[] expected)
    {
        Span<byte> given = stackalloc byte[64];
        return signature.StartsWith(Scheme, StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[Scheme.Length..], given, out var length)
            && CryptographicOperations.FixedTimeEquals(given[..length], expected);
    }

    private byte[] Sign(string head, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(Encoding.UTF8.GetBytes(head));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
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
}
