using System.Text.Json;
using System.Text.Json.Serialization;
using Foundation.Registry.Health;

namespace Foundation.Registry;

/// <summary>The registry's contracts and rows as JSON.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJsonConverter), typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(InstanceRegistration))]
[JsonSerializable(typeof(InstanceResource))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(ServiceResource))]
[JsonSerializable(typeof(PickRequest))]
[JsonSerializable(typeof(PickAnswer))]
[JsonSerializable(typeof(InstanceExplanation))]
[JsonSerializable(typeof(InstanceMoment))]
[JsonSerializable(typeof(RegistryResource))]
[JsonSerializable(typeof(InstanceState))]
[JsonSerializable(typeof(LeaseState))]
[JsonSerializable(typeof(ServiceHealth))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class RegistryJson : JsonSerializerContext
{
    /// <summary>Reads an instance's row.</summary>
    public static InstanceState Instance(Row row) =>
        JsonSerializer.Deserialize(row.State.Span, Default.InstanceState) ?? throw new InvalidOperationException($"{row.Key} is empty");

    /// <summary>Reads a lease's row.</summary>
    public static LeaseState Lease(Row row) =>
        JsonSerializer.Deserialize(row.State.Span, Default.LeaseState) ?? throw new InvalidOperationException($"{row.Key} is empty");

    /// <summary>Writes an instance's row.</summary>
    public static byte[] Bytes(InstanceState state) => JsonSerializer.SerializeToUtf8Bytes(state, Default.InstanceState);

    /// <summary>Writes a lease's row.</summary>
    public static byte[] Bytes(LeaseState state) => JsonSerializer.SerializeToUtf8Bytes(state, Default.LeaseState);

    /// <summary>How large a registration is where it is stored.</summary>
    public static int Measure(InstanceSpec spec) => JsonSerializer.SerializeToUtf8Bytes(spec, Default.InstanceSpec).Length;

    /// <summary>Whether two registrations say the same: collections compare by reference, their JSON by content.</summary>
    public static bool Same(InstanceSpec left, InstanceSpec right) => ReferenceEquals(left, right)
        || JsonSerializer.SerializeToUtf8Bytes(left, Default.InstanceSpec).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, Default.InstanceSpec));
}
