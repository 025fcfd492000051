using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Foundation.Registry;

namespace Foundation.Tasks.Delivery;

/// <summary>Makes the HTTP request of a delivery: CloudEvents 1.0 in binary mode, or a Jido signal; signed where there is a secret.</summary>
internal static class DeliveryRequest
{
    /// <summary>The type by which an agent that answered 202 is asked to stop.</summary>
    public const string CancelType = "foundation.task.cancel";

    public static HttpRequestMessage Task(AttemptDelivery d, Uri? callback, string? secret, DateTimeOffset now) =>
        Create(d, d.Type, $"{d.TaskId}.{d.Attempt}", d.Data, callback, secret, now);

    public static HttpRequestMessage Cancel(AttemptDelivery d, string? reason, Uri? callback, string? secret, DateTimeOffset now)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new TaskCancelRequest { Reason = reason }, TasksJson.Default.TaskCancelRequest);
        return Create(d, CancelType, $"{d.TaskId}.{d.Attempt}.cancel", body, callback, secret, now);
    }

    private static HttpRequestMessage Create(
        AttemptDelivery d, string type, string webhookId, ReadOnlyMemory<byte> data, Uri? callback, string? secret, DateTimeOffset now)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, d.Instance.Endpoint)
        {
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
        };
        var attributes = Attributes(d, type, callback).ToList();
        if (d.TraceParent is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", d.TraceParent);
        }

        var jido = d.Instance.Format == DeliveryFormat.Jido;
        var body = jido ? JidoSignal(attributes, data, d.TraceParent) : data;
        request.Content = new ReadOnlyMemoryContent(body);
        if (body.Length > 0)
        {
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (!jido)
        {
            attributes.ForEach(a => request.Headers.TryAddWithoutValidation("ce-" + a.Name, HeaderValue(a.Value)));
        }

        Sign(request, jido, type, webhookId, body.Span, secret, now);
        return request;
    }

    private static IEnumerable<(string Name, string Value)> Attributes(AttemptDelivery d, string type, Uri? callback)
    {
        yield return ("specversion", d.Instance.Format == DeliveryFormat.Jido ? "1.0.2" : "1.0");
        yield return ("id", d.TaskId);
        yield return ("type", type);
        yield return ("source", $"/queues/{d.Queue}");
        yield return ("time", d.CreatedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        yield return ("attempt", d.Attempt.ToString(CultureInfo.InvariantCulture));
        yield return ("token", d.Token);
        if (callback is not null)
        {
            yield return ("callback", new Uri(callback, $"/api/tasks/{d.TaskId}").AbsoluteUri);
        }

        if (d.Tenant != Caller.DefaultTenant)
        {
            yield return ("tenant", d.Tenant);
        }
    }

    private static void Sign(HttpRequestMessage request, bool jido, string type, string id, ReadOnlySpan<byte> body, string? secret, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (secret is null)
        {
            return;
        }

        var headers = request.Headers;
        if (jido)
        {
            headers.TryAddWithoutValidation("x-webhook-event", type);
            headers.TryAddWithoutValidation("x-webhook-timestamp", timestamp);
            headers.TryAddWithoutValidation("x-webhook-signature", WebhookSignature.Jido(secret, now, body));
            return;
        }

        headers.TryAddWithoutValidation("webhook-id", id);
        headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Standard(secret, id, now, body));
    }

    private static ReadOnlyMemory<byte> JidoSignal(List<(string Name, string Value)> attributes, ReadOnlyMemory<byte> data, string? traceParent)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            attributes.ForEach(a => writer.WriteString(a.Name, a.Value));
            if (traceParent is not null)
            {
                writer.WriteString("traceparent"u8, traceParent);
            }

            if (data.Length > 0)
            {
                writer.WriteString("datacontenttype"u8, "application/json");
                writer.WritePropertyName("data"u8);
                writer.WriteRawValue(data.Span, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    // CloudEvents HTTP binding 3.1.3.2: outside of printable ASCII, and for space, quote and percent, UTF-8 bytes are percent-encoded.
    private static string HeaderValue(string value)
    {
        if (value.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && value.AsSpan().IndexOfAny('"', '%') < 0)
        {
            return value;
        }

        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(value))
        {
            if (b is > 0x20 and < 0x7F and not (byte)'"' and not (byte)'%')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return text.ToString();
    }
}
