using System.Text;
using System.Text.Unicode;
using YamlDotNet.Core;

namespace Foundation.Kernel;

/// <summary>
/// YAML 1.2 (core schema) to JSON. Several documents (<c>---</c>) come out as a list. Refused, each with its line: duplicate keys,
/// keys that are no scalars, unknown tags, numbers that JSON has not, more than <see cref="JsonLimits.DepthMax"/> levels, and
/// aliases that would blow the document up (more than <see cref="NodesMax"/> nodes or <see cref="SizeMax"/> bytes).
/// </summary>
public static class Yaml
{
    /// <summary>The nodes of one stream, aliases counted as what they stand for.</summary>
    public const int NodesMax = 100_000;

    /// <summary>The bytes of a stream as YAML, and of a document as JSON.</summary>
    public const int SizeMax = 4 << 20;

    /// <summary>The documents of the stream, or one fault that names line and column.</summary>
    public static Outcome<IReadOnlyList<RawJson>> Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > SizeMax) return Refuse($"The document is larger than {Sizes.Format(SizeMax)}.");
        if (!Utf8.IsValid(utf8.Span)) return Refuse("The document is not valid UTF-8.");
        var text = Encoding.UTF8.GetString(utf8.Span);
        try
        {
            var stream = YamlStream.Load(text.Length > 0 && text[0] == '\uFEFF' ? text[1..] : text);
            return stream.Documents.Select(start => new YamlWriting(stream).Write(start)).ToArray();
        }
        catch (YamlException exception)
        {
            var mark = exception.Start;
            return Refuse($"Line {mark.Line}, column {mark.Column}: {Texts.Clip(exception.Message, 200)}");
        }
    }

    private static Problem Refuse(string message)
    {
        const string hint = "YAML 1.2, core schema";
        return new Problem(ApiErrors.InvalidJson, message) { Faults = [new Fault("", ApiErrors.InvalidJson.Code, message, hint)] };
    }
}
