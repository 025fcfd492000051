using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Foundation.Kernel;

/// <summary>
/// Reads what callers send: unknown and duplicate members, nulls where none are allowed, numbers in texts and other case are
/// refused, whatever the options of the JSON context say. The serializer stops at the first fault, so a refused body is
/// read again and walked against the type to report all of them (<see cref="StrictJsonWalk"/>); a good one is read once.
/// </summary>
public static class StrictJson
{
    /// <summary>At most so many faults are listed.</summary>
    public const int FaultsMax = 100;

    private static readonly ConditionalWeakTable<JsonTypeInfo, JsonTypeInfo> Strict = [];
    private static readonly ConcurrentDictionary<JsonSerializerOptions, JsonSerializerOptions> StrictOptions = new();

    /// <summary>The value, or <see cref="ApiErrors.InvalidJson"/>, or <see cref="ApiErrors.Invalid"/> with every fault.</summary>
    public static Outcome<T> Read<T>(ReadOnlySequence<byte> utf8, JsonTypeInfo<T> type)
        where T : notnull
    {
        if (utf8.IsSingleSegment) return Read(utf8.FirstSpan, type);
        var length = checked((int)utf8.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            utf8.CopyTo(rented);
            return Read(rented.AsSpan(0, length), type);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The value, or <see cref="ApiErrors.InvalidJson"/>, or <see cref="ApiErrors.Invalid"/> with every fault.</summary>
    public static Outcome<T> Read<T>(RawJson json, JsonTypeInfo<T> type)
        where T : notnull => Read(json.Span, type);

    /// <summary>The value, or <see cref="ApiErrors.InvalidJson"/>, or <see cref="ApiErrors.Invalid"/> with every fault.</summary>
    public static Outcome<T> Read<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type)
        where T : notnull
    {
        var strict = TypeInfo(type);
        if (!Utf8.IsValid(utf8)) return NotJson("The body is not valid UTF-8.");
        Exception failure;
        try
        {
            var value = JsonSerializer.Deserialize(utf8, strict);

            // The serializer lets null stand in typed lists and maps; bodies without the word skip the check.
            if (value is not null) return utf8.IndexOf("null"u8) < 0 ? value : CheckNulls(utf8, strict, value);
            failure = new JsonException();
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            failure = exception;
        }

        return Explain(utf8, strict, failure);
    }

    /// <summary>The type as it is read here: with the options of the context, tightened.</summary>
    internal static JsonTypeInfo<T> TypeInfo<T>(JsonTypeInfo<T> type) => (JsonTypeInfo<T>)Strict.GetValue(type, StrictTypeInfo);

    /// <summary>Whether the exception of a serializer or converter speaks of the input.</summary>
    internal static bool IsRefusal(Exception exception) =>
        exception is JsonException or FormatException or InvalidOperationException or NotSupportedException
            or ArgumentException or OverflowException;

    private static Outcome<T> CheckNulls<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> strict, T value)
        where T : notnull
    {
        var faults = Walk(utf8, strict);
        return faults.Count == 0 ? value : Refusal(faults);
    }

    private static Problem Explain(ReadOnlySpan<byte> utf8, JsonTypeInfo strict, Exception failure)
    {
        if (RawJson.Check(utf8.Trim(" \t\r\n"u8), JsonLimits.DepthMax) is { } reason) return NotJson(reason);
        var faults = Walk(utf8, strict);
        if (faults.Count > 0) return Refusal(faults);

        // What only the serializer sees, such as a constructor that refuses its arguments.
        var path = (failure as JsonException)?.Path is { } place ? StrictJsonWalk.ToPointer(place) : "";
        var message = StrictJsonWalk.Message(failure) ?? "The value is not allowed here.";
        return Refusal([new Fault(path, ApiErrors.InvalidValue.Code, message)]);
    }

    private static List<Fault> Walk(ReadOnlySpan<byte> utf8, JsonTypeInfo strict)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonLimits.DepthMax });
        using var document = JsonDocument.ParseValue(ref reader);
        var walk = new StrictJsonWalk(strict.Options, FaultsMax);
        walk.Root(document.RootElement, strict);
        return walk.Faults;
    }

    private static Problem Refusal(List<Fault> faults) => new(ApiErrors.Invalid, faults.Count switch
    {
        1 => faults[0].Message,
        < FaultsMax => $"{faults.Count} errors.",
        _ => $"{FaultsMax} errors or more; the first {FaultsMax} are listed.",
    }) { Faults = faults };

    private static Problem NotJson(string reason) =>
        new(ApiErrors.InvalidJson, reason) { Faults = [new Fault("", ApiErrors.InvalidJson.Code, reason)] };

    private static JsonTypeInfo StrictTypeInfo(JsonTypeInfo type) =>
        StrictOptions.GetOrAdd(type.Options, static options => Tighten(options)).GetTypeInfo(type.Type);

    private static JsonSerializerOptions Tighten(JsonSerializerOptions options)
    {
        var strict = new JsonSerializerOptions(options)
        {
            AllowDuplicateProperties = false,
            AllowTrailingCommas = false,
            MaxDepth = JsonLimits.DepthMax,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            ReadCommentHandling = JsonCommentHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };
        strict.MakeReadOnly();
        return strict;
    }
}
