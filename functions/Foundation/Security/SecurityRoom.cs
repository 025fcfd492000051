using Foundation.Security.Secrets;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Foundation.Security;

/// <summary>Adds the room.</summary>
public static class SecurityServices
{
    /// <summary>Keys, callers and secrets.</summary>
    public static FoundationBuilder AddSecurity(this FoundationBuilder builder, Action<SecurityOptions>? configure = null)
    {
        builder.Services.AddOptions<SecurityOptions>().Configure(o => configure?.Invoke(o)).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>());
        builder.Services.TryAddSingleton<SecurityInstruments>();
        builder.Services.TryAddSingleton<KeyRing>();
        builder.Services.TryAddSingleton<KeyService>();
        builder.Services.TryAddSingleton<KeyDoorkeeper>();
        builder.Services.TryAddSingleton<SecurityEndpoints>();
        builder.Services.TryAddSingleton<SecretStore>();
        builder.Services.TryAddSingleton<ISecrets>(provider => provider.GetRequiredService<SecretStore>());
        return builder.AddRoom<SecurityRoom>();
    }
}

/// <summary>Keys: who may do what. Secrets: what others demand of us.</summary>
internal sealed class SecurityRoom(KeyService keys, SecurityEndpoints endpoints, SecretStore secrets) : IRoom
{
    public RoomInfo Info { get; } = new("keys")
    {
        Lanes = [new LaneFamily(KeyTables.EndingLane, Promptness.Sweep), new LaneFamily(KeyTables.LastingLane, Promptness.Listed)],
        Tables = [KeyTables.Keys],
        Errors = [.. KeyErrors.All, .. SecretErrors.All],
        Features = ["keys"],
    };

    public void Map(IEndpointRouteBuilder routes) => endpoints.Map(routes);

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => keys.DeleteEndedAsync(ct);

    // Nobody posts to this room.
    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct)
    {
        if (group == JobGroup.HealthChecks)
        {
            secrets.LookAgain();
        }

        return ValueTask.CompletedTask;
    }
}
