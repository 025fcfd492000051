namespace Foundation.Api;

/// <summary>Refusals of the HTTP server and router, beside <see cref="ApiErrors"/>.</summary>
internal static class HttpErrors
{
    public static readonly ErrorCode BadRequest = new(
        "api.bad-request", 400, "The request is malformed.", "The detail says what the server could not read.");

    public static readonly ErrorCode RequestTimeout = new(
        "api.request-timeout", 408, "The request came too slowly.", "Send the body without pauses.", Retry: RetryAdvice.Later);

    public static readonly ErrorCode HeadersTooLarge = new(
        "api.headers-too-large", 431, "The headers of the request are too large.", "Send fewer or shorter headers.");

    public static IReadOnlyList<ErrorCode> All { get; } = [BadRequest, RequestTimeout, HeadersTooLarge];

    /// <summary>The error of a bare status; null for statuses that are no refusal.</summary>
    public static ErrorCode? Of(int status) => status switch
    {
        < 400 => null,
        401 => ApiErrors.Unauthorized,
        403 => ApiErrors.Forbidden,
        404 => ApiErrors.NotFound,
        405 => ApiErrors.MethodNotAllowed,
        406 => ApiErrors.NotAcceptable,
        408 => RequestTimeout,
        412 => ApiErrors.PreconditionFailed,
        413 => ApiErrors.TooLarge,
        415 => ApiErrors.UnsupportedMediaType,
        422 => ApiErrors.Invalid,
        429 => ApiErrors.TooManyRequests,
        431 => HeadersTooLarge,
        < 500 => BadRequest,
        503 => ApiErrors.StoreUnavailable,
        504 => ApiErrors.Timeout,
        _ => ApiErrors.Internal,
    };
}
