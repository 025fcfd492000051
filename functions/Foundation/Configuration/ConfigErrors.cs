namespace Foundation.Configuration;

/// <summary>The refusals of this room.</summary>
public static class ConfigErrors
{
    /// <summary>A kind that no room of this host declares.</summary>
    public static readonly ErrorCode UnknownKind = new(
        "config.unknown-kind", 404, "There is no such kind of documents.", "GET /api/config lists the kinds of this host.",
        Category: ErrorCategory.Configuration);

    /// <summary>A document that does not exist.</summary>
    public static readonly ErrorCode NotFound = new(
        "config.not-found", 404, "There is no such document.", "GET /api/config/{kind} lists the documents.",
        Category: ErrorCategory.Configuration);

    /// <summary>A layer that this host does not have.</summary>
    public static readonly ErrorCode UnknownLayer = new(
        "config.unknown-layer", 422, "There is no such layer.", "Use default or built-in.", Category: ErrorCategory.Configuration);

    /// <summary>Documents with faults; nothing of them is in force.</summary>
    public static readonly ErrorCode Invalid = new(
        "config.invalid", 422, "The configuration is not valid.", "Correct each of the listed errors; each names file and member.",
        Severity.Medium, ErrorCategory.Configuration);

    /// <summary>A file that cannot be read as a document.</summary>
    public static readonly ErrorCode Unreadable = new(
        "config.unreadable", 422, "A file of the configuration cannot be read as a document.", "Correct the file that the error names.",
        Severity.Medium, ErrorCategory.Configuration);

    /// <summary>Documents that name each other in a circle.</summary>
    public static readonly ErrorCode Circular = new(
        "config.circular", 422, "Documents name each other in a circle.", "Break the circle.", Category: ErrorCategory.Configuration);

    /// <summary>Every refusal of this room.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [UnknownKind, NotFound, UnknownLayer, Invalid, Unreadable, Circular];
}
