using System.Collections.Concurrent;

namespace Foundation.Azure.StorageQueues;

/// <summary>
/// Tells a pump of the same process that a queue has something: polling alone would make each wake-up late by its interval.
/// </summary>
public sealed class WakeUpBell
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _rung = new();

    /// <summary>A queue got a message.</summary>
    public void Ring(string queue) => Current(queue).TrySetResult();

    /// <summary>Forgets what was rung before: taken before a look, so that a ring during the look is heard after it.</summary>
    internal Task Next(string queue)
    {
        var current = Current(queue);
        if (current.Task.IsCompleted)
        {
            var next = New();
            current = _rung.TryUpdate(queue, next, current) ? next : Current(queue);
        }

        return current.Task;
    }

    private TaskCompletionSource Current(string queue) => _rung.GetOrAdd(queue, static _ => New());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
