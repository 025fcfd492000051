using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Foundation.Client.Agents;

/// <summary>
/// The attempts that run and those that ended lately: a delivery that comes twice joins the first, or gets its answer. Bounded in count
/// and bytes; what is forgotten is at worst done again, and the host takes only one answer per attempt.
/// </summary>
internal sealed class AttemptTable(FoundationClient client, FoundationAgentBuilder options, ILogger logger)
{
    private const int EndedMax = 1_000;
    private const int EndedBytesMax = 16 * 1024 * 1024;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, AttemptRun> _runs = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, int Bytes)> _ended = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private long _endedBytes;
    private int _running;
    private bool _draining;

    /// <summary>Handlers at work.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>The run of a delivery: a new one, or the one that is known. Null when there is no room, or the agent stops.</summary>
    public AttemptRun? Take(AssignedDelivery delivery, AgentHandler handler)
    {
        AttemptRun run;
        lock (_gate)
        {
            if (_runs.TryGetValue(delivery.Key, out var known))
            {
                return known;
            }

            if (_draining || _running >= options.MaxConcurrency)
            {
                return null;
            }

            _running++;
            run = new AttemptRun(delivery.Key);
            _runs.Add(delivery.Key, run);
            // Under the lock only until the handler's first wait is reached: it starts on the pool.
            run.Begin(r => RunAsync(r, delivery, handler));
        }

        return run;
    }

    /// <summary>Stops an attempt; true when it does not run (any more).</summary>
    public async Task<bool> CancelAsync(string key, CancellationToken ct)
    {
        AttemptRun? run;
        lock (_gate)
        {
            _runs.TryGetValue(key, out run);
        }

        if (run is null)
        {
            return true;
        }

        run.Stop();
        return await EndsAsync(run.Answer, StopPatience, ct);
    }

    /// <summary>Takes nothing new, waits for the handlers, then stops them; false when some had to be stopped.</summary>
    public async Task<bool> DrainAsync(TimeSpan patience)
    {
        Task idle;
        lock (_gate)
        {
            _draining = true;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _running == 0 ? Task.CompletedTask : _idle.Task;
        }

        if (await EndsAsync(idle, patience, CancellationToken.None))
        {
            return true;
        }

        List<AttemptRun> left;
        lock (_gate)
        {
            left = [.. _runs.Values.Where(r => !r.Answer.IsCompleted)];
        }

        left.ForEach(r => r.Stop());
        await EndsAsync(idle, StopPatience, CancellationToken.None);
        return false;
    }

    private async Task<bool> EndsAsync(Task task, TimeSpan within, CancellationToken ct)
    {
        try
        {
            await task.WaitAsync(within, options.Time, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<AgentAnswer> RunAsync(AttemptRun run, AssignedDelivery delivery, AgentHandler handler)
    {
        await Task.Yield();
        var answer = AgentAnswer.WasStopped();
        try
        {
            answer = handler.AnswersLater
                ? await new LongAttempt(client, options, logger).RunAsync(run, delivery, handler)
                : await AnswerAsync(run, delivery, handler);
            return answer;
        }
        finally
        {
            End(run, answer);
        }
    }

    /// <summary>Runs a handler; whatever it throws is its answer.</summary>
    public async Task<AgentAnswer> AnswerAsync(AttemptRun run, AssignedDelivery delivery, AgentHandler handler)
    {
        var task = delivery.ToTask(client, options, run.Stopping);
        return await AnswerAsync(run, task, handler);
    }

    internal static async Task<AgentAnswer> AnswerAsync(AttemptRun run, AssignedTask task, AgentHandler handler)
    {
        try
        {
            return AgentAnswer.Done(await handler.Run(task), task.Usage);
        }
        catch (OperationCanceledException) when (run.Stopped)
        {
            return AgentAnswer.WasStopped();
        }
#pragma warning disable CA1031 // What a handler throws is the attempt's failure; the agent goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return AgentAnswer.Failed(e, task.Usage);
        }
    }

    private void End(AttemptRun run, AgentAnswer answer)
    {
        lock (_gate)
        {
            Debug.Assert(_running > 0, "every run was counted");
            _running--;
            _ended.Enqueue((run.Key, answer.Body.Length));
            _endedBytes += answer.Body.Length;
            while (_ended.Count > EndedMax || (_endedBytes > EndedBytesMax && _ended.Count > 1))
            {
                var (key, bytes) = _ended.Dequeue();
                _runs.Remove(key);
                _endedBytes -= bytes;
            }

            if (_running == 0)
            {
                _idle?.TrySetResult();
            }
        }
    }
}
