using System.Net.Sockets;
using Foundation.Retry;
using Foundation.Security.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Security.AntiSSRF;

namespace Foundation.Tasks.Delivery;

/// <summary>Pushes attempts over HTTP and tells apart what was never sent, what may have been begun, and what was answered.</summary>
internal sealed class TaskDelivery(AgentHttp http, ISecrets secrets, PublicAddress address, IOptions<DeliveryOptions> options, TimeProvider time)
    : ITaskDelivery
{
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(10);

    public async ValueTask<DeliveryOutcome> SendAsync(
        AttemptDelivery delivery, TimeSpan answerWithin, CancellationToken cancelled, CancellationToken stopping)
    {
        if (answerWithin <= TimeSpan.Zero)
        {
            return new DeliveryOutcome.TimedOut("the attempt's time was over before it was sent");
        }

        if (!TrySecret(delivery, out var secret, out var missing))
        {
            return missing;
        }

        using var late = new CancellationTokenSource(answerWithin, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancelled, stopping);
        using var request = DeliveryRequest.Task(delivery, address.Url, secret, time.GetUtcNow());
        try
        {
            using var response = await http.SendAsync(request, ended.Token);
            return await DeliveryAnswer.ReadAsync(response, options.Value.AnswerBytesMax, time.GetUtcNow(), ended.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            return new DeliveryOutcome.Cancelled();
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return new DeliveryOutcome.TimedOut($"the agent did not answer within {Durations.Format(answerWithin)}");
        }
#pragma warning disable CA1031 // Whatever a connection throws is an outcome of the attempt: it has no caller that could do better.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return OutcomeOf(e, delivery.Instance.Endpoint!);
        }
    }

    public async ValueTask<bool> SendCancelAsync(AttemptDelivery delivery, string? reason, CancellationToken ct)
    {
        if (!TrySecret(delivery, out var secret, out _))
        {
            return false;
        }

        using var late = new CancellationTokenSource(CancelPatience, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        using var request = DeliveryRequest.Cancel(delivery, reason, address.Url, secret, time.GetUtcNow());
        try
        {
            using var response = await http.SendAsync(request, ended.Token);
            return response.IsSuccessStatusCode && response.StatusCode != System.Net.HttpStatusCode.Accepted;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or AntiSSRFException or SocketException)
        {
            // The agent learns it from its next progress answer, or runs into the patience of the cancellation.
            return false;
        }
    }

    private static DeliveryOutcome OutcomeOf(Exception e, Uri endpoint) => e switch
    {
        AntiSSRFException or { InnerException: AntiSSRFException } => DeliveryAnswer.Failed(
            FailureClass.Client, "tasks.endpoint-forbidden",
            $"{endpoint.Host} is not a public address; the operator of this host can allow its range"),
        // The guarded handler lets the exception of a refused connect through as it is.
        SocketException => new DeliveryOutcome.Unreachable($"no connection to {endpoint.Authority}: {e.Message}"),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError,
        } => new DeliveryOutcome.Unreachable($"no connection to {endpoint.Authority}: {e.Message}"),
        // Connecting has a limit of its own, and running into it is a cancellation of nobody's.
        OperationCanceledException => new DeliveryOutcome.Unreachable($"no connection to {endpoint.Authority} in time"),
        _ => new DeliveryOutcome.Lost($"the connection to {endpoint.Authority} broke: {e.Message}"),
    };

    private bool TrySecret(AttemptDelivery delivery, out string? secret, out DeliveryOutcome missing)
    {
        (secret, missing) = (null, null!);
        if (delivery.Instance.Secret is not { } reference)
        {
            return true;
        }

        var found = secrets.Resolve(reference);
        if (!found.Ok)
        {
            missing = new DeliveryOutcome.Unreachable($"the secret of {delivery.Instance.FullName} cannot be read: {found.Problem!.Error.Code}");
            return false;
        }

        secret = found.Value.Reveal();
        return true;
    }
}

/// <summary>Adds the delivery of tasks.</summary>
internal static class TaskDeliveryServices
{
    public static IServiceCollection AddTaskDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>();
        services.TryAddSingleton<PublicAddress>();
        services.TryAddSingleton<AgentHttp>();
        services.TryAddSingleton<ITaskDelivery, TaskDelivery>();
        return services;
    }
}
