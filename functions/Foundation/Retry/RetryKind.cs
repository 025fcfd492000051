using Foundation.Configuration;

namespace Foundation.Retry;

/// <summary>The kind <c>retry-policies</c>.</summary>
public static class RetryKind
{
    /// <summary>Its name.</summary>
    public const string Name = "retry-policies";

    /// <summary>The policy that exists by itself, and holds where none is named.</summary>
    public const string DefaultName = "default";

    internal static Kind<RetryPolicyDocument, RetryPolicy> Create() => new(
        Name,
        RetryJson.Default.RetryPolicyDocument,
        new Dictionary<string, RetryPolicyDocument> { [DefaultName] = new() },
        check: null,
        references: null,
        compile: static (_, document, _) => document.Compile());
}
