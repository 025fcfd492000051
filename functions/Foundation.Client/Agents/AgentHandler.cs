namespace Foundation.Client.Agents;

/// <summary>What does the tasks of a capability.</summary>
/// <param name="Run">The handler; an empty answer is no result.</param>
/// <param name="AnswersLater">Whether the push is answered 202 and the result told by the API.</param>
internal sealed record AgentHandler(Func<AssignedTask, Task<RawJson>> Run, bool AnswersLater)
{
    /// <summary>Whose task this is: the type itself, its last word, or the only handler there is.</summary>
    public static AgentHandler? Find(IReadOnlyDictionary<string, AgentHandler> handlers, string type)
    {
        if (handlers.TryGetValue(type, out var exact))
        {
            return exact;
        }

        var dot = type.LastIndexOf('.');
        return dot >= 0 && handlers.TryGetValue(type[(dot + 1)..], out var last) ? last
            : handlers.Count == 1 ? handlers.Values.First()
            : null;
    }
}
