using System.Text.Json;

namespace Foundation.Kernel;

/// <summary>
/// A JSON converter that can say what it accepts, so that a refusal is useful. A converter throws <see cref="FormatException"/>
/// (or a <see cref="JsonException"/> with a message of its own) for a value that it does not accept; the text is shown to the caller.
/// </summary>
public interface IDescribesValue
{
    /// <summary>The JSON type it reads; <see cref="JsonValueKind.Undefined"/> when it reads several and says itself what is wrong.</summary>
    JsonValueKind Kind { get; }

    /// <summary>What is accepted, to follow the words "expected" or "is not": <c>a duration such as 30s</c>.</summary>
    string Expected { get; }

    /// <summary>Every accepted text, where there are few.</summary>
    IReadOnlyList<string> Allowed => [];
}
