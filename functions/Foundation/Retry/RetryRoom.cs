using Foundation.Configuration;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Foundation.Retry;

/// <summary>Adds the room.</summary>
public static class RetryServices
{
    /// <summary>Retry policies: the kind <c>retry-policies</c>, and <see cref="IRetryPolicies"/> for other rooms.</summary>
    public static FoundationBuilder AddRetry(this FoundationBuilder foundation)
    {
        if (foundation.Services.Any(service => service.ServiceType == typeof(IRetryPolicies))) return foundation;
        foundation.Services.AddSingleton<IRetryPolicies, RetryPolicies>();
        return foundation.AddKind(_ => RetryKind.Create()).AddRoom<RetryRoom>();
    }
}

/// <summary>Policies and decisions: no rows, no lanes, no endpoints but those of its documents.</summary>
internal sealed class RetryRoom : IRoom
{
    public RoomInfo Info { get; } = new(RetryKind.Name) { Errors = RetryErrors.All, Features = [RetryKind.Name] };

    public void Map(IEndpointRouteBuilder routes)
    {
    }

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;
}
