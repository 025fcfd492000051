using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Security;

/// <summary>How keys are stored: short, without defaults.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ApiKey))]
internal sealed partial class KeyStateJson : JsonSerializerContext;

/// <summary>The API's bodies.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJsonConverter), typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(KeyRotateRequest))]
[JsonSerializable(typeof(KeyResource))]
internal sealed partial class SecurityJson : JsonSerializerContext;
