using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>A JSON answer written by source-generated code.</summary>
internal sealed class JsonResult<T>(T value, JsonTypeInfo<T> type, int status, string? etag, string? location) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (location is not null) httpContext.Response.Headers.Location = location;
        return JsonBody.WriteAsync(httpContext, JsonSerializer.SerializeToUtf8Bytes(value, type), status, etag);
    }
}

/// <summary>A JSON answer that is bytes already.</summary>
internal sealed class RawResult(RawJson json, int status, string? etag) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public Task ExecuteAsync(HttpContext httpContext) => JsonBody.WriteAsync(httpContext, (json.IsEmpty ? RawJson.Null : json).Memory, status, etag);
}

/// <summary>A page of items.</summary>
internal sealed class PageResult<T>(Page<T> page, JsonTypeInfo<T> item) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, JsonBody.Options))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var one in page.Items) JsonSerializer.Serialize(writer, one, item);
            writer.WriteEndArray();
            if (page.Next is { } next) writer.WriteString("next"u8, Cursors.Seal(httpContext, next));
            writer.WriteEndObject();
        }

        return JsonBody.WriteAsync(httpContext, buffer.WrittenMemory, StatusCodes.Status200OK, null);
    }
}

internal static class JsonBody
{
    private const string MediaType = "application/json";

    // Answers are served as JSON with nosniff, never inside HTML: only what JSON demands is escaped.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = JsonLimits.StoredDepthMax };

    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> utf8, int status, string? etag)
    {
        var response = context.Response;
        if (etag is not null)
        {
            response.Headers.ETag = etag;
            if (ETags.NotModified(context, etag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        response.StatusCode = status;
        response.ContentType = MediaType;
        response.ContentLength = utf8.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(utf8, context.RequestAborted).AsTask();
    }
}
