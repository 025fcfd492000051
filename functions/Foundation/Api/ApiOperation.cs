using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>What the door knows of an endpoint: its name, what it takes, how it answers and refuses.</summary>
/// <param name="Id">Unique, camelCase, verb first: <c>submitTask</c>. Names the operation in the API document and in generated clients.</param>
/// <param name="Summary">One line.</param>
internal sealed record ApiOperation(string Id, string Summary)
{
    public string? Description { get; init; }

    public List<QueryParameter> Query { get; init; } = [];

    public List<ErrorCode> Errors { get; init; } = [];

    public List<ApiBodyExample> Examples { get; init; } = [];

    public List<ApiHeader> Headers { get; init; } = [];

    /// <summary>What answers look like, by status.</summary>
    public Dictionary<int, string> Answers { get; init; } = [];

    /// <summary>The types of bodies, with the context that writes them.</summary>
    public List<JsonTypeInfo> Types { get; init; } = [];

    /// <summary>What stands in the path.</summary>
    public Dictionary<string, string> PathParameters { get; init; } = [];

    /// <summary>Whether the body may be left out.</summary>
    public bool BodyOptional { get; set; }

    /// <summary>Whether it reads a body.</summary>
    public bool ReadsBody { get; set; }

    /// <summary>Its own refusals and those of its kind: with a scope, with a body, with a query.</summary>
    public IEnumerable<ErrorCode> AllErrors(string? scope)
    {
        IEnumerable<ErrorCode> all = [ApiErrors.Internal, ApiErrors.StoreUnavailable, .. Errors];
        if (scope is not null) all = all.Concat([ApiErrors.Unauthorized, ApiErrors.Forbidden]);
        if (ReadsBody) all = all.Concat([ApiErrors.InvalidJson, ApiErrors.Invalid, ApiErrors.TooLarge, ApiErrors.UnsupportedMediaType, HttpErrors.RequestTimeout]);

        // Also without parameters: unknown ones are refused.
        return all.Append(ApiErrors.Invalid).Append(HttpErrors.BadRequest).Distinct();
    }
}

/// <summary>An example of a body.</summary>
/// <param name="Status">The answer it belongs to; 0 for the request.</param>
/// <param name="Name">What it shows.</param>
/// <param name="Json">The JSON.</param>
internal sealed record ApiBodyExample(int Status, string Name, string Json);

/// <summary>A header of a request or answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does.</param>
/// <param name="OfAnswer">Whether it is answered rather than sent.</param>
internal sealed record ApiHeader(string Name, string Summary, bool OfAnswer = false);

/// <summary>Describes endpoints beside their route, so that the API document is complete and the door can check them.</summary>
internal static class ApiOperations
{
    /// <summary>Names the endpoint. Call it first.</summary>
    public static RouteHandlerBuilder Operation(this RouteHandlerBuilder route, string id, string summary, string? description = null)
    {
        route.WithName(id).WithSummary(summary);
        if (description is not null) route.WithDescription(description);

        // Endpoints are built anew whenever their data source is read: each gets an operation of its own.
        route.Finally(builder =>
        {
            var operation = new ApiOperation(id, summary) { Description = description };
            foreach (var add in builder.Metadata.OfType<Action<ApiOperation>>()) add(operation);
            builder.Metadata.Add(operation);
        });
        return route;
    }

    /// <summary>The JSON body it takes.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, JsonTypeInfo<T> type, string? example = null, bool optional = false)
        where T : notnull => route.Accepts<T>(optional, "application/json").Describe(operation =>
        {
            operation.Types.Add(type);
            (operation.ReadsBody, operation.BodyOptional) = (true, optional);
            if (example is not null) operation.Examples.Add(new ApiBodyExample(0, "example", example));
        });

    /// <summary>A JSON answer.</summary>
    public static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder route, int status, JsonTypeInfo<T> type, string summary, string? example = null) =>
        route.Produces<T>(status, "application/json").Describe(operation =>
        {
            operation.Types.Add(type);
            operation.Answers[status] = summary;
            if (example is not null) operation.Examples.Add(new ApiBodyExample(status, "example", example));
        });

    /// <summary>An answer without a JSON body.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, int status, string summary, string? mediaType = null) =>
        (mediaType is null ? route.Produces(status) : route.Produces<string>(status, mediaType))
        .Describe(operation => operation.Answers[status] = summary);

    /// <summary>A page of a list; adds <c>limit</c> and <c>cursor</c>.</summary>
    public static RouteHandlerBuilder AnswersPage<T>(this RouteHandlerBuilder route, JsonTypeInfo<T> item, string summary, string? example = null) =>
        route.Produces<ItemPage<T>>(StatusCodes.Status200OK, "application/json").Query(QueryParameter.Paging).Refuses(ApiErrors.CursorExpired)
            .Describe(operation =>
            {
                operation.Types.Add(item);
                operation.Answers[StatusCodes.Status200OK] = summary;
                if (example is not null) operation.Examples.Add(new ApiBodyExample(StatusCodes.Status200OK, "example", example));
            });

    /// <summary>Query parameters that it takes; others are refused.</summary>
    public static RouteHandlerBuilder Query(this RouteHandlerBuilder route, params QueryParameter[] parameters) =>
        route.Describe(operation => operation.Query.AddRange(parameters.Except(operation.Query)));

    /// <summary>Refusals of its own, beside those that every endpoint shares.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ErrorCode[] errors) =>
        route.Describe(operation => operation.Errors.AddRange(errors.Except(operation.Errors)));

    /// <summary>A header that it takes, or answers with.</summary>
    public static RouteHandlerBuilder Header(this RouteHandlerBuilder route, string name, string summary, bool ofAnswer = false) =>
        route.Describe(operation => operation.Headers.Add(new ApiHeader(name, summary, ofAnswer)));

    /// <summary>Says what a segment of the path is.</summary>
    public static RouteHandlerBuilder Path(this RouteHandlerBuilder route, string name, string summary) =>
        route.Describe(operation => operation.PathParameters[name] = summary);

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, Action<ApiOperation> add) => route.WithMetadata(add);
}
