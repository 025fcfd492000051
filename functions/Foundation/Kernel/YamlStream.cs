using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Foundation.Kernel;

/// <summary>The events of a stream in order, with the target of each alias.</summary>
internal sealed class YamlStream
{
    private YamlStream()
    {
    }

    /// <summary>Every event.</summary>
    public List<ParsingEvent> Events { get; } = [];

    /// <summary>Index of an alias → index of what it stands for.</summary>
    public Dictionary<int, int> Aliases { get; } = [];

    /// <summary>Where each document's value starts.</summary>
    public List<int> Documents { get; } = [];

    /// <summary>Reads the whole stream; bounded by the size of the text.</summary>
    public static YamlStream Load(string text)
    {
        var stream = new YamlStream();
        var anchors = new Dictionary<string, int>(StringComparer.Ordinal);
        var open = new Stack<string?>();
        var parser = new Parser(new StringReader(text));
        while (Advance(parser, stream.Events))
        {
            var current = parser.Current!;
            stream.Events.Add(current);
            if (stream.Events.Count > 4 * Yaml.NodesMax) throw At(current, $"the stream has more than {Yaml.NodesMax} nodes.");
            var index = stream.Events.Count - 1;
            switch (current)
            {
                case DocumentStart:
                    anchors.Clear();
                    stream.Documents.Add(index + 1);
                    break;
                case AnchorAlias alias:
                    // An alias inside of its own anchor would be a circle, which JSON has not.
                    if (open.Contains(alias.Value.Value)) throw At(alias, $"'*{alias.Value.Value}' stands inside of itself.");
                    stream.Aliases[index] = anchors.TryGetValue(alias.Value.Value, out var target)
                        ? target
                        : throw At(alias, $"there is no anchor '&{alias.Value.Value}'.");
                    break;
                case NodeEvent node:
                    if (!node.Anchor.IsEmpty) anchors[node.Anchor.Value] = index;
                    if (node is MappingStart or SequenceStart) open.Push(node.Anchor.IsEmpty ? null : node.Anchor.Value);
                    if (open.Count > JsonLimits.DepthMax) throw At(node, $"more than {JsonLimits.DepthMax} levels.");
                    break;
                case MappingEnd or SequenceEnd:
                    open.Pop();
                    break;
            }
        }

        return stream;
    }

    // Found by fuzzing: on some malformed documents ("@{" behind "- [") the library breaks instead of saying where.
    private static bool Advance(Parser parser, List<ParsingEvent> before)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception exception) when (exception is not (YamlException or OutOfMemoryException))
        {
            var end = before.Count > 0 ? before[^1].End : Mark.Empty;
            throw new YamlException(end, end, "the document is malformed behind this place.");
        }
    }

    public static YamlException At(ParsingEvent node, string message) => new(node.Start, node.End, message);
}
