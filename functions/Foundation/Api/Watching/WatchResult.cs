using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Foundation.Api;

/// <summary>
/// Answers a watch: as one page when something has changed or the wait is over, or as server-sent events where <c>Accept</c> asks for
/// them. Cursors go out sealed.
/// </summary>
internal sealed class WatchResult<T>(WatchSource<T> source, JsonTypeInfo<T> type, string? after, TimeSpan? wait) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var (time, options) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<WatchOptions>());
        var instruments = services.GetRequiredService<ApiInstruments>();
        instruments.WatchOpened();
        try
        {
            if (Watches.WantsStream(httpContext)) await StreamAsync(httpContext, time, options);
            else await PollAsync(httpContext, time, options);
        }
        finally
        {
            instruments.WatchClosed();
        }
    }

    private async Task PollAsync(HttpContext context, TimeProvider time, WatchOptions options)
    {
        // Without a wait the answer is what is there; a store needs a moment to say so, and that moment is no part of any simulated time.
        using var patience = wait > TimeSpan.Zero ? new CancellationTokenSource(wait.Value, time) : new CancellationTokenSource(options.Look);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, patience.Token);
        var items = new List<WatchItem<T>>();
        var cursor = after;
        await using (var changes = new WatchReader<T>(source(after, end.Token), end))
        {
            while (items.Count < options.ItemsMax && await changes.NextAsync(mayWait: items.Count == 0) is { } change)
            {
                cursor = change.Cursor;
                if (change.Kind == WatchKind.Resync)
                {
                    await ApiResults.WriteProblemAsync(context, new Problem(ApiErrors.CursorExpired, "Changes were missed: read again, then watch from now on."));
                    return;
                }

                if (change.Kind != WatchKind.Position) items.Add(change);
            }
        }

        context.RequestAborted.ThrowIfCancellationRequested();
        await JsonBody.WriteAsync(context, Page(context, items, cursor), StatusCodes.Status200OK, null);
    }

    private ReadOnlyMemory<byte> Page(HttpContext context, List<WatchItem<T>> items, string? cursor)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonBody.Options);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var item in items) Write(writer, item);
        writer.WriteEndArray();
        if (cursor is not null) writer.WriteString("after"u8, Cursors.Seal(context, cursor));
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private async Task StreamAsync(HttpContext context, TimeProvider time, WatchOptions options)
    {
        using var life = new CancellationTokenSource(options.StreamMax, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.Token);
        var response = context.Response;
        response.ContentType = Watches.EventStream;
        response.Headers.CacheControl = "no-cache, no-store";
        // Buffering proxies (nginx) would hold back events until a block is full.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await SendAsync(context, "retry: 1000\n\n"u8.ToArray());
        await using var changes = new WatchReader<T>(source(after, end.Token), end);
        while (true)
        {
            var next = changes.NextAsync(mayWait: true);
            while (!await next.CompletesWithinAsync(options.CommentEvery, time, end.Token)) await SendAsync(context, ":\n\n"u8.ToArray());
            if (await next is not { } change) return;
            if (change.Kind != WatchKind.Position) await SendAsync(context, Event(context, change));
        }
    }

    private ReadOnlyMemory<byte> Event(HttpContext context, WatchItem<T> item)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        Append(buffer, $"id: {Cursors.Seal(context, item.Cursor)}\nevent: {Watches.Name(item.Kind)}\ndata: ");
        var start = buffer.WrittenCount;
        using (var writer = new Utf8JsonWriter(buffer, JsonBody.Options)) Write(writer, item);

        // One line: raw values keep the line breaks between their tokens (in texts they are escaped), and each would end the data.
        var json = MemoryMarshal.AsMemory(buffer.WrittenMemory)[start..].Span;
        json.Replace((byte)'\n', (byte)' ');
        json.Replace((byte)'\r', (byte)' ');
        Append(buffer, "\n\n");
        return buffer.WrittenMemory;
    }

    private void Write(Utf8JsonWriter writer, WatchItem<T> item)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, Watches.Name(item.Kind));
        if (item.Id is not null) writer.WriteString("id"u8, item.Id);
        if (item.Kind == WatchKind.Updated && item.Resource is not null)
        {
            writer.WritePropertyName("resource"u8);
            JsonSerializer.Serialize(writer, item.Resource, type);
        }

        writer.WriteEndObject();
    }

    private static void Append(ArrayBufferWriter<byte> buffer, string text) => buffer.Write(System.Text.Encoding.UTF8.GetBytes(text));

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
