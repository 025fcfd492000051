namespace Foundation.Kernel;

/// <summary>
/// The refusals of the door itself, which any room may answer with. Rooms list their own beside their deciders; the error
/// table is the union.
/// </summary>
public static class ApiErrors
{
    /// <summary>The body cannot be parsed.</summary>
    public static readonly ErrorCode InvalidJson = new(
        "api.invalid-json", 400, "The body is not valid JSON.", "Send one JSON value in UTF-8; the detail names line and byte.");

    /// <summary>The body was parsed and is wrong; <see cref="Problem.Faults"/> lists every fault.</summary>
    public static readonly ErrorCode Invalid = new(
        "api.invalid", 422, "The request is not valid.", "Correct each of the listed errors; each names its place.");

    /// <summary>A member that the contract does not have.</summary>
    public static readonly ErrorCode UnknownMember = new(
        "api.unknown-member", 422, "A member is not known.", "Remove it or correct its name; names are case-sensitive.");

    /// <summary>A member that the contract demands.</summary>
    public static readonly ErrorCode MissingMember = new(
        "api.missing-member", 422, "A required member is missing.", "Add the member.");

    /// <summary>A member that stands twice in one object.</summary>
    public static readonly ErrorCode DuplicateMember = new(
        "api.duplicate-member", 422, "A member stands twice in one object.", "Keep one of them.");

    /// <summary>A value of the wrong JSON type.</summary>
    public static readonly ErrorCode InvalidType = new(
        "api.invalid-type", 422, "A value has the wrong type.", "Send the JSON type that the message names.");

    /// <summary>A value of the right type that is not allowed.</summary>
    public static readonly ErrorCode InvalidValue = new(
        "api.invalid-value", 422, "A value is not allowed.", "Send a value that the message allows.");

    /// <summary>An expression that cannot be parsed or names an unknown root.</summary>
    public static readonly ErrorCode InvalidExpression = new(
        "api.invalid-expression", 422, "An expression is not valid.", "Expressions are JMESPath; see https://jmespath.org.");

    /// <summary>An expression that failed on the values it met.</summary>
    public static readonly ErrorCode ExpressionFailed = new(
        "api.expression-failed", 422, "An expression failed on its values.", "Guard the expression against the values in the detail.");

    /// <summary>A reference to something that is not there.</summary>
    public static readonly ErrorCode UnknownReference = new(
        "api.unknown-reference", 422, "A reference names something that does not exist.", "Create it first, or correct the name.");

    /// <summary>A foreign, malformed or too old cursor.</summary>
    public static readonly ErrorCode CursorExpired = new(
        "api.cursor-expired", 410, "The cursor can no longer be continued.", "Start again without a cursor.");

    /// <summary>No credentials, or credentials that are not known.</summary>
    public static readonly ErrorCode Unauthorized = new(
        "api.unauthorized", 401, "The credentials are missing or not valid.", "Send Authorization: Bearer with a valid key.");

    /// <summary>Credentials without the needed scope.</summary>
    public static readonly ErrorCode Forbidden = new(
        "api.forbidden", 403, "The key does not hold the needed scope.", "Use a key with the scope that the detail names.");

    /// <summary>Nothing at this path, or nothing that this caller may see.</summary>
    public static readonly ErrorCode NotFound = new(
        "api.not-found", 404, "There is nothing at this path.", "See /openapi.json for the paths of this host.");

    /// <summary>The path exists, the method does not.</summary>
    public static readonly ErrorCode MethodNotAllowed = new(
        "api.method-not-allowed", 405, "The path does not have this method.", "See the Allow header.");

    /// <summary>The requested representation does not exist.</summary>
    public static readonly ErrorCode NotAcceptable = new(
        "api.not-acceptable", 406, "The requested media type is not served here.", "Accept application/json.");

    /// <summary>A conditional write met another version.</summary>
    public static readonly ErrorCode PreconditionFailed = new(
        "api.precondition-failed", 412, "The resource has another version.", "Read it again and send its ETag in If-Match.");

    /// <summary>The body is larger than this host accepts.</summary>
    public static readonly ErrorCode TooLarge = new(
        "api.too-large", 413, "The body is too large.", "Send less, or store the payload elsewhere and send its address.");

    /// <summary>A body in a media type that the path does not take.</summary>
    public static readonly ErrorCode UnsupportedMediaType = new(
        "api.unsupported-media-type", 415, "The media type of the body is not accepted here.", "Send application/json.");

    /// <summary>The first request with this idempotency key is still running.</summary>
    public static readonly ErrorCode IdempotencyInProgress = new(
        "api.idempotency-in-progress", 409, "The first request with this Idempotency-Key is still running.",
        "Repeat after Retry-After.", Retry: RetryAdvice.Later);

    /// <summary>The idempotency key was used with another body.</summary>
    public static readonly ErrorCode IdempotencyMismatch = new(
        "api.idempotency-mismatch", 422, "This Idempotency-Key was used with another body.", "Use a new key for a new request.");

    /// <summary>The caller sends more than the door admits.</summary>
    public static readonly ErrorCode TooManyRequests = new(
        "api.too-many-requests", 429, "Too many requests at once.", "Repeat after Retry-After.",
        Severity.Medium, ErrorCategory.System, RetryAdvice.Later);

    /// <summary>A mistake of Foundation.</summary>
    public static readonly ErrorCode Internal = new(
        "api.internal", 500, "Foundation failed to handle the request.", "Report the traceId of this answer.",
        Severity.High, ErrorCategory.System, RetryAdvice.Later);

    /// <summary>The store cannot take the write now.</summary>
    public static readonly ErrorCode StoreUnavailable = new(
        "api.store-unavailable", 503, "The store cannot be reached or refuses writes.", "Repeat after Retry-After.",
        Severity.Critical, ErrorCategory.System, RetryAdvice.Later);

    /// <summary>The host is stopping.</summary>
    public static readonly ErrorCode Stopping = new(
        "api.stopping", 503, "The host is stopping.", "Repeat the request; another process or the next start answers it.",
        Severity.Low, ErrorCategory.System, RetryAdvice.Later);

    /// <summary>The request took longer than this host allows.</summary>
    public static readonly ErrorCode Timeout = new(
        "api.timeout", 504, "The request took too long.", "Repeat it; use an Idempotency-Key so that a repeat does no harm.",
        Severity.Medium, ErrorCategory.System, RetryAdvice.Later);

    /// <summary>Every refusal of this table.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        InvalidJson, Invalid, UnknownMember, MissingMember, DuplicateMember, InvalidType, InvalidValue, InvalidExpression,
        ExpressionFailed, UnknownReference, CursorExpired, Unauthorized, Forbidden, NotFound, MethodNotAllowed, NotAcceptable,
        PreconditionFailed, TooLarge, UnsupportedMediaType, IdempotencyInProgress, IdempotencyMismatch, TooManyRequests,
        Internal, StoreUnavailable, Stopping, Timeout,
    ];
}
