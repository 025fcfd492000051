using System.Reflection;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Api;

/// <summary>What this host is and promises, and who asks.</summary>
internal static class VersionEndpoints
{
    private const string VersionExample = """
        { "product": "Foundation", "version": "0.1.0", "api": 1, "features": ["tasks", "registry"],
          "guarantees": { "watchDelay": "100ms", "priority": "strict", "timerLateness": "1s", "expiryLag": "1s", "waitMax": "1m" } }
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/version", Version).AllowWithoutKey()
            .Operation("getVersion", "What this host is and promises", "Clients and tests read tolerances here and never ask which host it is.")
            .Answers(200, ApiJson.Default.VersionAnswer, "Product, version, features, guarantees", VersionExample);
        routes.MapGet("/api/whoami", WhoAmI).RequireScope(ScopeRules.AnyKey)
            .Operation("whoAmI", "Who the key belongs to", "Key, tenant and scopes of the caller.")
            .Answers(
                200, ApiJson.Default.WhoAmIAnswer, "The caller",
                """{ "keyId": "local", "tenant": "default", "scopes": ["*"] }""");
    }

    /// <summary>The version of this build, without the commit.</summary>
    public static string Product { get; } =
        typeof(VersionEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static IResult Version(HostProfile profile, RoomDirectory directory)
    {
        var rooms = directory.Rooms.Select(room => room.Info.Name).ToHashSet(StringComparer.Ordinal);
        var guarantees = new Guarantees
        {
            ConfigDelay = rooms.Contains("config") ? profile.ConfigDelay : null,
            WatchDelay = profile.WatchDelay,
            Priority = rooms.Contains("tasks") ? profile.Priority : null,
            TimerLateness = profile.TimerLateness,
            ExpiryLag = rooms.Contains("registry") ? profile.ExpiryLag : null,
            WaitMax = profile.WaitMax,
        };
        var features = directory.Rooms.SelectMany(room => room.Info.Features).Distinct().Order(StringComparer.Ordinal).ToList();
        return ApiResults.Json(new VersionAnswer("Foundation", Product, 1, features, guarantees), ApiJson.Default.VersionAnswer);
    }

    private static IResult WhoAmI(HttpContext context)
    {
        var caller = context.GetCaller();
        var answer = new WhoAmIAnswer(
            caller.KeyId, caller.Tenant, [.. caller.Scopes.Order(StringComparer.Ordinal)],
            caller.Services is { } services ? [.. services.Order(StringComparer.Ordinal)] : null);
        return ApiResults.Json(answer, ApiJson.Default.WhoAmIAnswer);
    }
}
