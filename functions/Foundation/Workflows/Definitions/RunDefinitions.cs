namespace Foundation.Workflows;

/// <summary>
/// The definitions that runs took with them, compiled once for all runs of the same text. Bounded; the least recently used goes first.
/// </summary>
internal sealed class RunDefinitions
{
    private const int Max = 256;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, ulong Hash), LinkedListNode<WorkflowDefinition>> _known = [];
    private readonly LinkedList<WorkflowDefinition> _order = new();

    public WorkflowDefinition Of(string workflow, RawJson text)
    {
        var key = (workflow, System.IO.Hashing.XxHash3.HashToUInt64(text.Span));
        lock (_gate)
        {
            // A hash is not the text: two that collide are told apart.
            if (_known.TryGetValue(key, out var found) && found.Value.Text == text)
            {
                _order.Remove(found);
                _order.AddFirst(found);
                return found.Value;
            }
        }

        var compiled = WorkflowCompiler.CompileStored(workflow, text) with { Text = text };
        lock (_gate)
        {
            if (_known.Remove(key, out var old))
            {
                _order.Remove(old);
            }

            _known[key] = _order.AddFirst(compiled);
            if (_known.Count > Max)
            {
                var last = _order.Last!.Value;
                _order.RemoveLast();
                _known.Remove((last.Name, System.IO.Hashing.XxHash3.HashToUInt64(last.Text.Span)));
            }
        }

        return compiled;
    }
}
