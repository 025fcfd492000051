using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Foundation.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Foundation.Api;

/// <summary>
/// Cursors of pages as callers see them: the store's cursor, sealed for this deployment, caller's tenant, path and filters.
/// One that was made up, comes from elsewhere or from another query is refused instead of continuing a wrong list.
/// </summary>
internal static class Cursors
{
    private const byte Format = 1;
    private const int SealBytes = 8;
    private const int LengthMax = 2048;

    // These do not change which rows follow, so a client may change them between pages.
    private static readonly HashSet<string> NotFilters = new(StringComparer.Ordinal) { "cursor", "limit", "wait", "after" };

    /// <summary>The cursor to answer with.</summary>
    public static string Seal(HttpContext context, string inner)
    {
        var bytes = new byte[1 + SealBytes + Encoding.UTF8.GetByteCount(inner)];
        bytes[0] = Format;
        Encoding.UTF8.GetBytes(inner, bytes.AsSpan(1 + SealBytes));
        WriteSeal(context, inner, bytes.AsSpan(1, SealBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The store's cursor; false when it was not sealed here for this very list.</summary>
    public static bool TryOpen(HttpContext context, string text, [NotNullWhen(true)] out string? inner)
    {
        inner = null;
        if (text.Length > LengthMax || !Base64Url.IsValid(text)) return false;
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= 1 + SealBytes || bytes[0] != Format) return false;
        var candidate = Encoding.UTF8.GetString(bytes.AsSpan(1 + SealBytes));
        Span<byte> seal = stackalloc byte[SealBytes];
        WriteSeal(context, candidate, seal);
        if (!CryptographicOperations.FixedTimeEquals(seal, bytes.AsSpan(1, SealBytes))) return false;
        inner = candidate;
        return true;
    }

    private static void WriteSeal(HttpContext context, string inner, Span<byte> seal)
    {
        var subject = new StringBuilder(context.GetCaller().Tenant).Append('\n').Append(context.Request.Path.Value).Append('\n');
        foreach (var (name, values) in context.Request.Query.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!NotFilters.Contains(name)) subject.Append(name).Append('=').Append(values.ToString()).Append('\n');
        }

        subject.Append('\n').Append(inner);
        var digest = new byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(subject.ToString()), digest);
        var ids = context.RequestServices.GetRequiredService<IdFactory>();
        var sealedBits = ids.Seal("cursor", BinaryPrimitives.ReadUInt128BigEndian(digest), 0);
        BinaryPrimitives.WriteUInt64BigEndian(seal, (ulong)(sealedBits >> 64));
    }
}
