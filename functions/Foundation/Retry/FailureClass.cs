using System.Text.Json.Serialization;

namespace Foundation.Retry;

/// <summary>Why an attempt failed, as coarse as a retry policy needs it.</summary>
[JsonConverter(typeof(KebabEnumConverter<FailureClass>))]
public enum FailureClass
{
    /// <summary>No answer: the connection failed or broke.</summary>
    Network,

    /// <summary>No answer in time, or an answer that says so (408, 504).</summary>
    Timeout,

    /// <summary>The other side asks for less (425, 429).</summary>
    Throttled,

    /// <summary>The other side failed (other 5xx).</summary>
    Server,

    /// <summary>The other side refuses this request (other 4xx); the same request fails again.</summary>
    Client,

    /// <summary>What an agent itself reports as failed.</summary>
    Application,
}

/// <summary>Classes of HTTP answers.</summary>
public static class FailureClasses
{
    /// <summary>The class of a status, or null for a success (2xx).</summary>
    public static FailureClass? OfStatus(int status) => status switch
    {
        >= 200 and < 300 => null,
        408 or 504 => FailureClass.Timeout,
        425 or 429 => FailureClass.Throttled,
        >= 500 and < 600 => FailureClass.Server,

        // 3xx too: redirects are not followed, and repeating the request is answered with the same one.
        >= 300 and < 500 => FailureClass.Client,

        // 1xx as a final answer, or no status of HTTP at all: the other side is broken.
        _ => FailureClass.Server,
    };
}
