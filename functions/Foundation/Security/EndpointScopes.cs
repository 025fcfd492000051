using Microsoft.AspNetCore.Builder;

namespace Foundation.Security;

/// <summary>Who may use an endpoint: metadata that the pipeline reads. Of several, the last one (nearest to the endpoint) counts.</summary>
/// <param name="Scope">What the caller must hold, for example <c>tasks:write</c>; null: everybody, with or without a key.</param>
public sealed record EndpointAccess(string? Scope);

/// <summary>Declares on an endpoint or group who may use it. Every endpoint under <c>/api</c> declares it (tested).</summary>
/// <remarks>
/// Scopes are <c>&lt;room&gt;:read</c> and <c>&lt;room&gt;:write</c>, named after the path: <c>tasks</c>, <c>queues</c>, <c>registry</c>
/// (services and instances), <c>workflows</c> (and runs), <c>config</c>. Leasing and settling need <c>tasks:work</c>, which agents hold
/// without being able to submit or cancel.
/// </remarks>
public static class EndpointScopes
{
    /// <summary>The caller must hold this scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder => Add(builder, new EndpointAccess(scope));

    /// <summary>The endpoint answers without a key: health, documentation, the start page.</summary>
    public static TBuilder AllowWithoutKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => Add(builder, new EndpointAccess(Scope: null));

    private static TBuilder Add<TBuilder>(TBuilder builder, EndpointAccess access)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(access));
        return builder;
    }
}
