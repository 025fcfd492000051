namespace Foundation.Azure;

/// <summary>A few things at a time.</summary>
internal static class Bounded
{
    /// <summary>Runs an action for each item, at most so many at once; the first failure ends it.</summary>
    public static async Task ForEachAsync<T>(IEnumerable<T> items, int parallel, Func<T, Task> action)
    {
        var running = new List<Task>(parallel);
        foreach (var item in items)
        {
            if (running.Count == parallel)
            {
                var done = await Task.WhenAny(running);
                running.Remove(done);
                await done;
            }

            running.Add(action(item));
        }

        await Task.WhenAll(running);
    }

    /// <summary>The results in the order of the items.</summary>
    public static async ValueTask<TResult[]> SelectAsync<T, TResult>(IReadOnlyList<T> items, int parallel, Func<T, Task<TResult>> action)
    {
        var results = new TResult[items.Count];
        await ForEachAsync(Enumerable.Range(0, items.Count), parallel, async i => results[i] = await action(items[i]));
        return results;
    }
}
