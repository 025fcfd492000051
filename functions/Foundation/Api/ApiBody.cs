using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Foundation.Api;

/// <summary>Reads JSON bodies: media type, size, then strictly, with all faults at once.</summary>
internal static class ApiBody
{
    /// <summary>Bytes of a body. Default: 1 MiB.</summary>
    public const int BytesMax = 1024 * 1024;

    /// <summary>The body, or 400, 413, 415 or 422.</summary>
    public static async ValueTask<Outcome<T>> ReadAsync<T>(
        HttpContext context, JsonTypeInfo<T> type, CancellationToken ct, int bytesMax = BytesMax)
        where T : notnull
    {
        if (TooLarge(context.Request, bytesMax) is { } large) return large;
        var reader = context.Request.BodyReader;
        var read = await FillAsync(reader, bytesMax, ct);
        var body = read.Buffer;
        try
        {
            if (body.Length > bytesMax) return TooLarge(bytesMax);
            if (!body.IsEmpty && MediaType(context.Request) is { } refused) return refused;
            return StrictJson.Read(body, type);
        }
        finally
        {
            reader.AdvanceTo(body.End);
        }
    }

    /// <summary>As <see cref="ReadAsync"/>; without a body it is <paramref name="absent"/>.</summary>
    public static async ValueTask<Outcome<T>> ReadOptionalAsync<T>(HttpContext context, JsonTypeInfo<T> type, T absent, CancellationToken ct)
        where T : notnull
    {
        if (context.Request.ContentLength is null or 0 && await IsEmptyAsync(context.Request.BodyReader, ct)) return absent;
        return await ReadAsync(context, type, ct);
    }

    /// <summary>The bytes of the body, or 413: for those that read other media types.</summary>
    public static async ValueTask<Outcome<byte[]>> ReadBytesAsync(HttpContext context, int bytesMax, CancellationToken ct)
    {
        if (TooLarge(context.Request, bytesMax) is { } large) return large;
        var reader = context.Request.BodyReader;
        var read = await FillAsync(reader, bytesMax, ct);
        try
        {
            return read.Buffer.Length > bytesMax ? TooLarge(bytesMax) : read.Buffer.ToArray();
        }
        finally
        {
            reader.AdvanceTo(read.Buffer.End);
        }
    }

    // Also bounds what is sent in chunks, whose length nobody announces.
    private static ValueTask<ReadResult> FillAsync(PipeReader reader, int bytesMax, CancellationToken ct) =>
        reader.ReadAtLeastAsync(bytesMax + 1, ct);

    private static async ValueTask<bool> IsEmptyAsync(PipeReader reader, CancellationToken ct)
    {
        var read = await reader.ReadAsync(ct);
        reader.AdvanceTo(read.Buffer.Start);
        return read.Buffer.IsEmpty && read.IsCompleted;
    }

    private static Problem? TooLarge(HttpRequest request, int bytesMax) => request.ContentLength > bytesMax ? TooLarge(bytesMax) : null;

    private static Problem TooLarge(int bytesMax) => new(ApiErrors.TooLarge, $"The body has more than {Sizes.Format(bytesMax)}.");

    private static Problem? MediaType(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var media))
        {
            return new Problem(ApiErrors.UnsupportedMediaType, "The request has a body and no Content-Type; send application/json.");
        }

        var json = media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase) && media.Type.Equals("application", StringComparison.OrdinalIgnoreCase));
        if (!json) return new Problem(ApiErrors.UnsupportedMediaType, $"'{Texts.Clip(media.MediaType.ToString())}' is not accepted here; send application/json.");
        var charset = HeaderUtilities.RemoveQuotes(media.Charset);
        return charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? null
            : new Problem(ApiErrors.UnsupportedMediaType, "JSON is UTF-8; another charset is not accepted.");
    }
}
