using Microsoft.AspNetCore.Http;

namespace Foundation.Client.Agents;

/// <summary>Takes the host's requests: tasks, and cancellations of tasks that were answered 202.</summary>
internal sealed class AgentEndpoint(AttemptTable attempts, FoundationClient client, FoundationAgentBuilder options)
{
    public const string Path = "/tasks";
    private readonly WebhookVerifier? _verifier = options.Secret is { } secret ? new WebhookVerifier(secret, options.Time) : null;

    /// <summary>The host this agent belongs to.</summary>
    public Uri? Host => client.Address;

    public async Task ServeAsync(HttpContext http)
    {
        if (http.Request.Path != Path || !HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = http.Request.Path == Path ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status404NotFound;
            return;
        }

        if (await AnswerAsync(http) is { } answer)
        {
            await answer.WriteAsync(http);
        }
        else
        {
            http.Abort();
        }
    }

    // Null: the request was closed by the host.
    private async Task<AgentAnswer?> AnswerAsync(HttpContext http)
    {
        using var buffer = new MemoryStream((int)Math.Clamp(http.Request.ContentLength ?? 4_096, 0, AgentServer.BodyBytesMax));
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        var body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        var (delivery, reason) = AssignedDelivery.Read(http.Request.Headers, body);
        if (delivery is null)
        {
            return AgentAnswer.Refuse(StatusCodes.Status400BadRequest, "agent.not-a-delivery", reason!);
        }

        if (_verifier?.Refusal(http.Request.Headers, delivery.WebhookId, body.Span) is { } refusal)
        {
            return AgentAnswer.Refuse(StatusCodes.Status401Unauthorized, "agent.signature-invalid", refusal);
        }

        if (delivery.IsCancel)
        {
            return await attempts.CancelAsync(delivery.Key, http.RequestAborted) ? AgentAnswer.NoContent : AgentAnswer.Accepted;
        }

        return AgentHandler.Find(options.Handlers, delivery.Type) is { } handler
            ? await RunAsync(delivery, handler, http.RequestAborted)
            : AgentAnswer.Refuse(StatusCodes.Status422UnprocessableEntity, "agent.no-handler", $"This agent has no handler for '{Texts.Clip(delivery.Type)}'.");
    }

    private async Task<AgentAnswer?> RunAsync(AssignedDelivery delivery, AgentHandler handler, CancellationToken requestAborted)
    {
        if (attempts.Take(delivery, handler) is not { } run)
        {
            return AgentAnswer.Busy("agent.busy", "The agent has no room for another task.");
        }

        return handler.AnswersLater ? AgentAnswer.Accepted : await run.WaitAsync(requestAborted);
    }
}
