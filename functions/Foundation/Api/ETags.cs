using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Foundation.Api;

/// <summary>ETags of resources and the conditions of requests on them (RFC 9110, section 13).</summary>
internal static class ETags
{
    /// <summary>The strong ETag of a row's version.</summary>
    public static string Of(RowVersion version) => version.Tag is { } tag
        ? string.Create(CultureInfo.InvariantCulture, $"\"{version.Number:x}-{StableHash.Of(tag):x16}\"")
        : string.Create(CultureInfo.InvariantCulture, $"\"{version.Number:x}\"");

    /// <summary>
    /// Checks <c>If-Match</c> and <c>If-None-Match</c> of a write against what is stored (null: nothing). The write must still
    /// name the version that was read here: the condition and the write are then one.
    /// </summary>
    public static Problem? Check(HttpContext context, RowVersion? current)
    {
        var ifMatch = context.Request.Headers.IfMatch;
        if (ifMatch.Count > 0 && !Any(ifMatch!, current, weak: false))
        {
            return Failed(current is null ? "There is no such resource yet." : "If-Match names another version.", current);
        }

        var ifNoneMatch = context.Request.Headers.IfNoneMatch;
        return ifNoneMatch.Count > 0 && Any(ifNoneMatch!, current, weak: true) ? Failed("The resource exists already.", current) : null;
    }

    /// <summary>Whether a GET or HEAD may be answered with 304.</summary>
    public static bool NotModified(HttpContext context, string etag) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        && context.Request.Headers.IfNoneMatch is { Count: > 0 } tags
        && Any(tags!, etag, weak: true);

    private static bool Any(IList<string> header, RowVersion? current, bool weak) => current is { } version && Any(header, Of(version), weak);

    private static bool Any(IList<string> header, string etag, bool weak)
    {
        if (!EntityTagHeaderValue.TryParseList(header, out var tags)) return false;
        foreach (var tag in tags)
        {
            if (tag.Tag == "*" || (tag.Tag == etag && (weak || !tag.IsWeak))) return true;
        }

        return false;
    }

    private static Problem Failed(string detail, RowVersion? current) => new(ApiErrors.PreconditionFailed, detail)
    {
        Extensions = current is { } version ? new Dictionary<string, string> { ["etag"] = Of(version) } : new Dictionary<string, string>(),
    };
}
