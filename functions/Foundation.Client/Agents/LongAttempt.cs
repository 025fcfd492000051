using Foundation.Tasks;
using Microsoft.Extensions.Logging;

namespace Foundation.Client.Agents;

/// <summary>An attempt that was answered 202: kept alive by progress, settled by the API.</summary>
internal sealed class LongAttempt(FoundationClient client, FoundationAgentBuilder options, ILogger logger)
{
    private static readonly TimeSpan BeatFallback = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(30);

    public async Task<AgentAnswer> RunAsync(AttemptRun run, AssignedDelivery delivery, AgentHandler handler)
    {
        using var done = new CancellationTokenSource();
        var beating = BeatAsync(run, delivery, done.Token);
        var answer = await AttemptTable.AnswerAsync(run, delivery.ToTask(client, options, run.Stopping), handler);
        await done.CancelAsync();
        await beating;
        await SettleAsync(delivery, answer);
        return answer;
    }

    private async Task BeatAsync(AttemptRun run, AssignedDelivery delivery, CancellationToken done)
    {
        try
        {
            while (true)
            {
                var pause = await BeatOnceAsync(run, delivery, done);
                await Task.Delay(pause, options.Time, done);
            }
        }
        catch (OperationCanceledException)
        {
            // The handler has ended.
        }
    }

    private async Task<TimeSpan> BeatOnceAsync(AttemptRun run, AssignedDelivery delivery, CancellationToken done)
    {
        try
        {
            var reply = await client.ProgressAsync(delivery.Id, new TaskProgressRequest { Token = delivery.Token }, done);
            if (reply.Cancel is not null)
            {
                run.Stop();
            }

            return reply.HeartbeatEvery;
        }
        catch (FoundationException e) when (e.Status is 404 or 409)
        {
            // Cancelled, timed out or given to somebody else: whatever comes of it is not wanted any more.
            run.Stop();
            return BeatFallback;
        }
        catch (Exception e) when (e is HttpRequestException or FoundationException)
        {
            logger.BeatFailed(delivery.Id, e.Message);
            return BeatFallback;
        }
    }

    private async Task SettleAsync(AssignedDelivery delivery, AgentAnswer answer)
    {
        using var patience = new CancellationTokenSource(SettlePatience, options.Time);
        try
        {
            await (answer switch
            {
                { Stopped: true } => client.ReleaseAsync(
                    delivery.Id, new TaskReleaseRequest { Token = delivery.Token, Reason = answer.Problem?.Detail }, patience.Token),
                { Problem: { } problem } => client.FailAsync(delivery.Id, Failure(delivery, problem, answer), patience.Token),
                _ => client.CompleteAsync(
                    delivery.Id, new TaskCompleteRequest { Token = delivery.Token, Result = answer.Result, Usage = answer.Usage }, patience.Token),
            });
        }
        catch (FoundationException e) when (e.Status is 404 or 409)
        {
            // The attempt was cancelled or overtaken meanwhile; its successor decides.
            logger.SettledLate(delivery.Id, delivery.Attempt, e.Code);
        }
        catch (Exception e) when (e is HttpRequestException or FoundationException or OperationCanceledException)
        {
            // Its lease ends and another attempt begins.
            logger.NotSettled(delivery.Id, delivery.Attempt, e.Message);
        }
    }

    private static TaskFailRequest Failure(AssignedDelivery delivery, AgentProblemBody problem, AgentAnswer answer) => new()
    {
        Token = delivery.Token,
        Problem = new TaskFailure { Code = problem.Code, Detail = problem.Detail, Class = problem.Class, Retryable = problem.Retryable },
        RetryAfter = answer.RetryAfter,
        Usage = answer.Usage,
    };
}
