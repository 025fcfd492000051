namespace Foundation.Tasks;

/// <summary>Sums what attempts consumed.</summary>
internal static class TaskUsages
{
    public static TaskUsage? Add(TaskUsage? sum, TaskUsage? more) => (sum, more) switch
    {
        (_, null) => sum,
        (null, _) => more,
        _ => new TaskUsage
        {
            Model = more.Model ?? sum.Model,
            InputTokens = Add(sum.InputTokens, more.InputTokens),
            OutputTokens = Add(sum.OutputTokens, more.OutputTokens),
            CachedTokens = Add(sum.CachedTokens, more.CachedTokens),
            Cost = Add(sum.Cost, more.Cost),
        },
    };

    private static long? Add(long? a, long? b) => a is null && b is null ? null : (a ?? 0) + (b ?? 0);

    // Amounts of another currency cannot be added: the latest is kept, each attempt's own stands in the history.
    private static TaskCost? Add(TaskCost? a, TaskCost? b) =>
        b is null ? a : a is null || a.Currency != b.Currency ? b : new TaskCost(a.Amount + b.Amount, a.Currency);
}
