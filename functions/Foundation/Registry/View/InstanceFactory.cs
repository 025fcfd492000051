namespace Foundation.Registry.View;

/// <summary>Makes the member of a snapshot from its row.</summary>
internal static class InstanceFactory
{
    /// <summary>The instance as pickers see it.</summary>
    public static Instance From(InstanceState state, InstanceActivity activity, InstanceHealth? health) => new()
    {
        Service = state.Service,
        Name = state.Name,
        FullName = state.FullName,
        Endpoint = state.Spec.Endpoint is { } endpoint ? new Uri(endpoint) : null,
        Format = state.Spec.Format,
        Capabilities = state.Spec.Capabilities,
        Version = state.Spec.Version,
        Environment = state.Spec.Environment,
        Zone = state.Spec.Zone,
        Tags = state.Spec.Tags,
        Labels = state.Spec.Labels,
        Weight = state.Spec.Weight,
        MaxConcurrency = state.Spec.MaxConcurrency,
        Status = Status(state.Phase),
        Generation = state.Generation,
        Since = state.Since,
        Secret = state.Spec.Secret,
        KeyId = state.KeyId,
        Health = health,
        Activity = activity,
        Source = state,
    };

    /// <summary>The status that a phase shows as.</summary>
    public static InstanceStatus Status(InstancePhase phase) => phase switch
    {
        InstancePhase.Up => InstanceStatus.Up,
        InstancePhase.Draining => InstanceStatus.Draining,
        _ => InstanceStatus.Down,
    };
}
