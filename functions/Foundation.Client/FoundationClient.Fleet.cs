using Foundation.Queues;
using Foundation.Registry;

namespace Foundation.Client;

/// <content>Queues, services and instances.</content>
public sealed partial class FoundationClient
{
    private const string LeaseHeader = "Foundation-Lease";

    /// <summary>Every queue with its depth.</summary>
    public IAsyncEnumerable<QueueResource> ListQueuesAsync(CancellationToken ct = default) => PagesAsync<QueueResource>("/api/queues?limit=1000", ct);

    /// <summary>Reads a queue.</summary>
    public Task<QueueResource> GetQueueAsync(string name, CancellationToken ct = default) => ReadAsync<QueueResource>(QueuePath(name), ct);

    /// <summary>Keeps a queue's tasks from starting; what runs goes on.</summary>
    public Task<QueueResource> PauseQueueAsync(string name, string? reason = null, CancellationToken ct = default) =>
        SendAsync<QueueResource>(Call.Post(QueuePath(name) + "/pause", new QueuePauseRequest { Reason = reason }, repeatable: true), ct);

    /// <summary>Lets a paused queue go on.</summary>
    public Task<QueueResource> ResumeQueueAsync(string name, CancellationToken ct = default) =>
        SendAsync<QueueResource>(Call.Post(QueuePath(name) + "/resume", repeatable: true), ct);

    /// <summary>Every service, summed up.</summary>
    public IAsyncEnumerable<ServiceResource> ListServicesAsync(CancellationToken ct = default) =>
        PagesAsync<ServiceResource>("/api/services?limit=1000", ct);

    /// <summary>Reads a service with its instances.</summary>
    public Task<ServiceResource> GetServiceAsync(string service, CancellationToken ct = default) =>
        ReadAsync<ServiceResource>("/api/services/" + Escape(service), ct);

    /// <summary>Instances, all or those that offer a capability.</summary>
    public IAsyncEnumerable<InstanceResource> ListInstancesAsync(string? capability = null, CancellationToken ct = default) =>
        PagesAsync<InstanceResource>("/api/instances?limit=1000" + (capability is null ? "" : "&capability=" + Escape(capability)), ct);

    /// <summary>Registers an instance, or renews its registration.</summary>
    /// <param name="service">The service.</param>
    /// <param name="instance">The instance's name in it.</param>
    /// <param name="registration">What it tells of itself.</param>
    /// <param name="leaseToken">The token of the registration that is renewed.</param>
    /// <param name="takeover">Whether a live instance of that name, registered with the same key, is superseded.</param>
    /// <param name="ct">Cancels.</param>
    public Task<InstanceResource> RegisterAsync(
        string service, string instance, InstanceRegistration registration, string? leaseToken = null, bool takeover = false, CancellationToken ct = default)
    {
        var call = new Call(HttpMethod.Put, InstancePath(service, instance) + (takeover ? "?takeover=true" : ""))
        {
            Body = ClientJson.Bytes(registration),
            Headers = leaseToken is null ? [] : [(LeaseHeader, leaseToken)],
        };
        return SendAsync<InstanceResource>(call, ct);
    }

    /// <summary>Tells that an instance lives.</summary>
    public Task<HeartbeatAnswer> HeartbeatAsync(string service, string instance, Heartbeat heartbeat, CancellationToken ct = default) =>
        SendAsync<HeartbeatAnswer>(Call.Post(InstancePath(service, instance) + "/heartbeat", heartbeat, repeatable: true), ct);

    /// <summary>Removes an instance.</summary>
    public async Task RemoveInstanceAsync(string service, string instance, string? leaseToken = null, CancellationToken ct = default)
    {
        var call = new Call(HttpMethod.Delete, InstancePath(service, instance)) { Headers = leaseToken is null ? [] : [(LeaseHeader, leaseToken)] };
        (await AnswerAsync(call, ct)).Dispose();
    }

    private static string QueuePath(string name) => "/api/queues/" + Escape(name);

    private static string InstancePath(string service, string instance) => $"/api/services/{Escape(service)}/instances/{Escape(instance)}";
}
