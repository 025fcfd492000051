using Foundation.Api;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Registry;

/// <summary>The registry over HTTP.</summary>
internal sealed class RegistryEndpoints(RegistryService registry, RegistryReads reads, RegistryPicks picks, RegistryWatch watch)
{
    private const string LeaseHeader = "Foundation-Lease";
    private const string Read = "registry:read", Write = "registry:write";

    private static readonly QueryParameter Takeover = new(
        "takeover", "Takes a live instance from another process that uses the same key.", """{"type":"boolean","default":false}""");

    private static readonly QueryParameter[] Filters =
    [
        new("capability", "Only what offers this capability."), new("service", "Only of this service."),
        new("tag", "Only what has this tag."), new("zone", "Only in this zone."),
        new("version", "Only of this version."), new("environment", "Only in this environment."),
        QueryParameter.OneOf<InstanceStatus>("status", "Only with this status."),
        QueryParameter.Label, QueryParameter.Since, QueryParameter.Until,
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        const string one = "/api/services/{service}/instances/{instance}";
        routes.MapPut(one, PutAsync).Operation("registerInstance", "Registers an instance, renews its registration, or takes it over")
            .Takes(RegistryJson.Default.InstanceRegistration, Examples.Registration).Query(Takeover, QueryParameter.DryRun)
            .Header(LeaseHeader, "The lease token of the registration that is renewed.")
            .Answers(200, RegistryJson.Default.InstanceResource, "It was there before")
            .Answers(201, RegistryJson.Default.InstanceResource, "It is new", Examples.Registered)
            .Refuses(RegistryErrors.InstanceTaken, RegistryErrors.Busy, ApiErrors.PreconditionFailed).RequireScope(Write);
        routes.MapGet(one, GetAsync).Operation("getInstance", "Reads an instance, or watches it")
            .Watchable().Answers(200, RegistryJson.Default.InstanceResource, "The instance")
            .Refuses(RegistryErrors.NotFound).RequireScope(Read);
        routes.MapDelete(one, DeleteAsync).Operation("removeInstance", "Removes an instance").Query(QueryParameter.DryRun)
            .Header(LeaseHeader, "The lease token of the registration that ends.").Answers(204, "It is gone")
            .Refuses(RegistryErrors.NotFound, RegistryErrors.InstanceTaken, RegistryErrors.LeaseLost, RegistryErrors.Busy)
            .RequireScope(Write);
        routes.MapPost(one + "/heartbeat", HeartbeatAsync)
            .Operation("heartbeatInstance", "Tells that an instance lives, how busy it is, and whether it drains")
            .Takes(RegistryJson.Default.Heartbeat, Examples.Heartbeat)
            .Answers(200, RegistryJson.Default.HeartbeatAnswer, "The lease", Examples.HeartbeatAnswer)
            .Refuses(RegistryErrors.LeaseLost, RegistryErrors.Busy).RequireScope(Write);
        routes.MapGet(one + "/explain", ExplainAsync)
            .Operation("explainInstance", "Says why an instance gets work or not, and what happens next")
            .Answers(200, RegistryJson.Default.InstanceExplanation, "The explanation").Refuses(RegistryErrors.NotFound).RequireScope(Read);
        routes.MapGet(one + "/history", HistoryAsync).Operation("getInstanceHistory", "Lists what happened to an instance, newest first")
            .AnswersPage(RegistryJson.Default.InstanceMoment, "The last moments").Refuses(RegistryErrors.NotFound).RequireScope(Read);
        routes.MapGet("/api/services", ServicesAsync).Operation("listServices", "Lists services with how many of their instances are how")
            .AnswersPage(RegistryJson.Default.ServiceResource, "A page of services").RequireScope(Read);
        routes.MapGet("/api/services/{service}", ServiceAsync).Operation("getService", "Reads a service with its instances")
            .Answers(200, RegistryJson.Default.ServiceResource, "The service").Refuses(RegistryErrors.NotFound).RequireScope(Read);
        routes.MapGet("/api/instances", ListAsync)
            .Operation("listInstances", "Lists instances, by name unless sorted otherwise, or watches them")
            .AnswersPage(RegistryJson.Default.InstanceResource, "A page of instances")
            .Watchable().Query(Filters).Query(QueryParameter.Sort, QueryParameter.Count).RequireScope(Read);
        routes.MapPost("/api/instances/pick", PickAsync)
            .Operation("pickInstance", "Picks an instance, and says whom it considered and why")
            .Takes(RegistryJson.Default.PickRequest, Examples.Pick).Answers(200, RegistryJson.Default.PickAnswer, "The instance")
            .Refuses(RegistryErrors.NoInstance).RequireScope(Read);
        routes.MapGet("/api/registry", RegistryAsync)
            .Operation("getRegistry", "Reads the registry itself: partitions, sizes, churn, expiry lag")
            .Answers(200, RegistryJson.Default.RegistryResource, "The registry").RequireScope(Read);
    }

    private async Task<IResult> PutAsync(string service, string instance, HttpContext context, CancellationToken ct)
    {
        var query = ApiQuery.Of(context);
        var terms = new RegisterTerms(context.Request.Headers[LeaseHeader], query.Flag("takeover"), query.DryRun())
        {
            Condition = current => ETags.Check(context, current),
        };
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var body = await ApiBody.ReadAsync(context, RegistryJson.Default.InstanceRegistration, ct);
        if (body.Problem is { } wrong)
        {
            return ApiResults.Problem(wrong);
        }

        var outcome = await registry.RegisterAsync(context.GetCaller(), service, instance, body.Value, terms, ct);
        return outcome.ToResult(registered =>
        {
            SetETag(context, registered.Version);
            return registered.Created && !terms.DryRun
                ? ApiResults.Json(registered.Resource, RegistryJson.Default.InstanceResource, 201, location: context.Request.Path)
                : ApiResults.Json(registered.Resource, RegistryJson.Default.InstanceResource);
        });
    }

    private async Task<IResult> GetAsync(string service, string instance, HttpContext context, CancellationToken ct)
    {
        var query = ApiQuery.Of(context);
        var (after, wait) = (query.After(), query.Wait());
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        if (Watches.IsWatch(context))
        {
            return Follow(new InstanceFilter { Name = RegistryTables.FullName(service, instance) }, after, wait);
        }

        return (await reads.GetAsync(service, instance, ct)).ToResult(found =>
        {
            // Not as a condition of GET: heartbeats change the answer and not the version.
            SetETag(context, found.Version);
            return ApiResults.Json(found.Resource, RegistryJson.Default.InstanceResource);
        });
    }

    private async Task<IResult> DeleteAsync(string service, string instance, HttpContext context, CancellationToken ct)
    {
        var query = ApiQuery.Of(context);
        var dryRun = query.DryRun();
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var outcome = await registry.RemoveAsync(context.GetCaller(), service, instance, context.Request.Headers[LeaseHeader], dryRun, ct);
        return outcome.ToResult(_ => ApiResults.NoContent());
    }

    private async Task<IResult> HeartbeatAsync(string service, string instance, HttpContext context, CancellationToken ct)
    {
        var body = await ApiBody.ReadAsync(context, RegistryJson.Default.Heartbeat, ct);
        if ((body.Problem ?? Negative(body.Value.Load)) is { } wrong)
        {
            return ApiResults.Problem(wrong);
        }

        var outcome = await registry.HeartbeatAsync(context.GetCaller(), service, instance, body.Value, ct);
        return outcome.ToResult(RegistryJson.Default.HeartbeatAnswer);
    }

    private async Task<IResult> ExplainAsync(string service, string instance, CancellationToken ct) =>
        (await reads.ExplainAsync(service, instance, ct)).ToResult(RegistryJson.Default.InstanceExplanation);

    private async Task<IResult> HistoryAsync(string service, string instance, HttpContext context, CancellationToken ct)
    {
        var query = ApiQuery.Of(context);
        var (limit, cursor) = (query.Limit(), query.Cursor());
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        // A history is bounded by its row, so a page is a slice of it; a cursor is how many came before.
        var skip = cursor is null ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);
        return (await reads.HistoryAsync(service, instance, ct)).ToResult(moments => ApiResults.Page(
            new Page<InstanceMoment>(
                [.. moments.Skip(skip).Take(limit)],
                moments.Count > skip + limit ? (skip + limit).ToString(System.Globalization.CultureInfo.InvariantCulture) : null),
            RegistryJson.Default.InstanceMoment));
    }

    private async Task<IResult> ServicesAsync(HttpContext context, CancellationToken ct)
    {
        var query = ApiQuery.Of(context);
        var (limit, cursor) = (query.Limit(), query.Cursor());
        return query.Refusal() is { } refusal
            ? ApiResults.Problem(refusal)
            : ApiResults.Page(await reads.ServicesAsync(limit, cursor, ct), RegistryJson.Default.ServiceResource);
    }

    private async Task<IResult> ServiceAsync(string service, CancellationToken ct) =>
        (await reads.ServiceAsync(service, ct)).ToResult(RegistryJson.Default.ServiceResource);

    private async Task<IResult> ListAsync(HttpContext context, CancellationToken ct)
    {
        var query = ApiQuery.Of(context);
        var filter = new InstanceFilter
        {
            Capability = query.Text("capability"), Service = query.Text("service"), Tag = query.Text("tag"), Zone = query.Text("zone"),
            Version = query.Text("version"), Environment = query.Text("environment"), Status = query.OneOf<InstanceStatus>("status"),
            Labels = query.Labels(), Since = query.Since(), Until = query.Until(),
        };
        bool? newestFirst = context.Request.Query.ContainsKey("sort") ? query.NewestFirst() : null;
        var (limit, cursor, countOnly, after, wait) = (query.Limit(), query.Cursor(), query.CountOnly(), query.After(), query.Wait());
        return query.Refusal() is { } refusal ? ApiResults.Problem(refusal)
            : Watches.IsWatch(context) ? Follow(filter, after, wait)
            : countOnly ? ApiResults.Count(await reads.CountAsync(filter, ct), exact: true)
            : ApiResults.Page(await reads.ListAsync(filter, newestFirst, limit, cursor, ct), RegistryJson.Default.InstanceResource);
    }

    private async Task<IResult> PickAsync(HttpContext context, CancellationToken ct)
    {
        var body = await ApiBody.ReadAsync(context, RegistryJson.Default.PickRequest, ct);
        return body.Problem is { } wrong
            ? ApiResults.Problem(wrong)
            : (await picks.PickAsync(body.Value, ct)).ToResult(RegistryJson.Default.PickAnswer);
    }

    private async Task<IResult> RegistryAsync(CancellationToken ct) =>
        ApiResults.Json(await reads.RegistryAsync(ct), RegistryJson.Default.RegistryResource);

    private IResult Follow(InstanceFilter filter, string? after, TimeSpan? wait) =>
        ApiResults.Watch(watch.Of(filter), RegistryJson.Default.InstanceResource, after, wait);

    private static Problem? Negative(InstanceLoad? load)
    {
        List<Fault> faults = [];
        if (load?.Running is < 0 or > RegistryOptions.LoadMax)
        {
            faults.Add(new Fault("/load/running", ApiErrors.InvalidValue.Code, $"A load is 0 to {RegistryOptions.LoadMax}."));
        }

        if (load?.Queued is < 0 or > RegistryOptions.LoadMax)
        {
            faults.Add(new Fault("/load/queued", ApiErrors.InvalidValue.Code, $"A load is 0 to {RegistryOptions.LoadMax}."));
        }

        return faults.Count == 0 ? null : new Problem(ApiErrors.Invalid, faults[0].Message) { Faults = faults };
    }

    private static void SetETag(HttpContext context, RowVersion? version)
    {
        if (version is { } stored)
        {
            context.Response.Headers.ETag = ETags.Of(stored);
        }
    }

    private static class Examples
    {
        public const string Registration = """
            { "endpoint": "http://127.0.0.1:9001/tasks", "capabilities": ["summarize", { "name": "translate", "version": "1.2.0" }],
              "maxConcurrency": 4 }
            """;

        public const string Registered = """
            { "name": "summarizer/laptop-1", "service": "summarizer", "instance": "laptop-1", "status": "up",
              "since": "2026-01-31T12:00:00Z", "leaseToken": "lease_01J9ZQ6V9V1P3N8W2X4Y6Z8A0B",
              "leaseExpiresAt": "2026-01-31T12:00:30Z", "heartbeatEvery": "10s", "generation": 1,
              "endpoint": "http://127.0.0.1:9001/tasks", "format": "cloudevent", "capabilities": ["summarize"], "tags": [], "labels": {},
              "weight": 1, "maxConcurrency": 4, "lease": "30s", "registeredAt": "2026-01-31T12:00:00Z" }
            """;

        public const string Heartbeat = """{ "leaseToken": "lease_01J9ZQ6V9V1P3N8W2X4Y6Z8A0B", "load": { "running": 2, "queued": 0 } }""";

        public const string HeartbeatAnswer = """
            { "status": "up", "leaseExpiresAt": "2026-01-31T12:00:30Z", "heartbeatEvery": "10s", "generation": 1 }
            """;

        public const string Pick = """{ "capability": "summarize", "strategy": "least-outstanding" }""";
    }
}
