namespace Foundation.Registry.View;

/// <summary>The view, and the reads that keep it fresh, as other rooms see them.</summary>
internal sealed class InstanceDirectory(RegistryView view, RegistryLoader loader) : IInstanceDirectory
{
    public IReadOnlyList<Instance> All => view.Snapshot.All;

    public IReadOnlyList<Instance> WithCapability(string capability) => view.Snapshot.WithCapability(capability);

    public IReadOnlyList<Instance> OfService(string service) => view.Snapshot.OfService(service);

    public Instance? Find(string service, string instance) => view.Snapshot.Find(service, instance);

    public IDisposable Subscribe(Action<InstanceEvent> onEvent) => view.Subscribe(onEvent);

    public ValueTask RefreshAsync(CancellationToken ct) => loader.RefreshAsync(ct);
}
