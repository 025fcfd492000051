using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Foundation.Kernel;

/// <summary>Writing JSON by hand.</summary>
internal static class JsonWriting
{
    // Bytes go to stores and HTTP bodies, never into HTML: only what JSON demands is escaped, so that texts stay readable and small.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = JsonLimits.StoredDepthMax, SkipValidation = true,
    };

    /// <summary>What <paramref name="write"/> writes.</summary>
    public static byte[] ToBytes<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options)) write(writer, state);
        return buffer.WrittenSpan.ToArray();
    }
}
