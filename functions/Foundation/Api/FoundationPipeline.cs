using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Foundation.Api;

/// <summary>The one request pipeline of every host.</summary>
public static class FoundationPipeline
{
    /// <summary>Adds the services of the door. Part of <c>AddFoundation</c>.</summary>
    internal static IServiceCollection AddFoundationApi(this IServiceCollection services)
    {
        services.AddRouting();
        services.TryAddSingleton(new IdempotencyOptions());
        services.TryAddSingleton(new WatchOptions());
        services.TryAddSingleton<IdempotencyRows>();
        services.TryAddSingleton<ApiInstruments>();
        services.AddFoundationTelemetry();
        services.AddFoundationDocuments();
        return services;
    }

    /// <summary>Uses the pipeline in a host that has an application builder: problems, routing, callers, all endpoints.</summary>
    public static IApplicationBuilder UseFoundation(this IApplicationBuilder app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        if (app.ApplicationServices.GetRequiredService<HostProfile>().LoadsAtFirstUse) app.UseMiddleware<FirstUseMiddleware>();
        // Without the security room there are no keys: only this machine is answered.
        if (app.ApplicationServices.GetService<KeyDoorkeeper>() is null) app.UseMiddleware<LocalCallerMiddleware>();
        else app.UseMiddleware<CallerMiddleware>();
        app.UseMiddleware<QueryMiddleware>();
        app.UseMiddleware<IdempotencyMiddleware>();
        app.UseEndpoints(routes => routes.MapFoundation());
        return app;
    }

    /// <summary>Maps the endpoints of the door and of every room.</summary>
    public static IEndpointRouteBuilder MapFoundation(this IEndpointRouteBuilder routes)
    {
        foreach (var room in routes.ServiceProvider.GetServices<IRoom>()) room.Map(routes);
        return routes;
    }

    /// <summary>
    /// The pipeline as one delegate, for hosts that route themselves and hand over whole requests (the catch-all function). What the
    /// outer host routed is forgotten first, or the endpoint that called this would be called again without end.
    /// </summary>
    public static RequestDelegate BuildFoundation(IServiceProvider services)
    {
        var inner = new ApplicationBuilder(services).UseFoundation().Build();
        return async context =>
        {
            context.SetEndpoint(null);
            context.Request.RouteValues = [];
            await inner(context);
        };
    }
}
