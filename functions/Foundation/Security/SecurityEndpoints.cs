using Foundation.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Security;

/// <summary>The routes of this room. All of them need <see cref="ScopeRules.Admin"/>.</summary>
internal sealed class SecurityEndpoints(KeyService service, TimeProvider time)
{
    private const string RequestExample = """{ "name": "summarizer agents", "roles": ["agent"], "services": ["summarizer"], "lifetime": "90d" }""";

    public void Map(IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/keys").RequireScope(ScopeRules.Admin).WithTags("keys");
        keys.MapPost("", Create).Operation("createKey", "Creates a key", "The secret is answered once and stored nowhere. A repeat makes another key.")
            .Takes(SecurityJson.Default.KeyRequest, RequestExample).Query(QueryParameter.DryRun)
            .Answers(201, SecurityJson.Default.KeyResource, "The key, with its secret")
            .Answers(200, SecurityJson.Default.KeyResource, "What would be created (dryRun)").Refuses(KeyErrors.TooMany);
        keys.MapGet("", List).Operation("listKeys", "Lists keys, newest first").AnswersPage(SecurityJson.Default.KeyResource, "A page of keys")
            .Query(QueryParameter.Sort);
        keys.MapGet("{id}", Find).Operation("getKey", "Reads a key").Answers(200, SecurityJson.Default.KeyResource, "The key, without secret")
            .Refuses(KeyErrors.NotFound);
        keys.MapDelete("{id}", Revoke).Operation("revokeKey", "Revokes a key", "It ends at once in this process, within 5 s in others. For ever.")
            .Query(QueryParameter.DryRun).Answers(200, SecurityJson.Default.KeyResource, "The revoked key")
            .Refuses(KeyErrors.NotFound, KeyErrors.Contended, ApiErrors.PreconditionFailed);
        keys.MapPost("{id}/rotate", Rotate).Operation("rotateKey", "Gives a key a new secret", "The old secret stays good for the grace.")
            .Takes(SecurityJson.Default.KeyRotateRequest, """{ "grace": "1h" }""", optional: true).Query(QueryParameter.DryRun)
            .Answers(200, SecurityJson.Default.KeyResource, "The key, with its new secret")
            .Refuses(KeyErrors.NotFound, KeyErrors.Revoked, KeyErrors.Expired, KeyErrors.Contended, ApiErrors.PreconditionFailed);
    }

    private async Task<IResult> Create(HttpContext http, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var dryRun = query.DryRun();
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var body = await ApiBody.ReadAsync(http, SecurityJson.Default.KeyRequest, ct);
        var issued = body.Ok ? await service.CreateAsync(http.GetCaller(), body.Value, dryRun, ct) : body.Problem!;
        return issued.ToResult(key => dryRun
            ? ApiResults.Json(ToResource(key.Stored.Key), SecurityJson.Default.KeyResource)
            : Secret(http, key, StatusCodes.Status201Created, $"/api/keys/{IdOf(key.Stored.Key)}"));
    }

    private async Task<IResult> List(HttpContext http, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var (limit, cursor, newestFirst) = (query.Limit(), query.Cursor(), query.NewestFirst());
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var page = await service.ListAsync(new Listing(limit, cursor, Descending: newestFirst), ct);
        return ApiResults.Page(new Page<KeyResource>([.. page.Items.Select(k => ToResource(k.Key))], page.Next), SecurityJson.Default.KeyResource);
    }

    private async Task<IResult> Find(string id, CancellationToken ct) => await service.FindAsync(id, ct) is { } found
        ? ApiResults.Json(ToResource(found.Key), SecurityJson.Default.KeyResource, found.Row.Version)
        : ApiResults.Problem(new Problem(KeyErrors.NotFound));

    private async Task<IResult> Revoke(string id, HttpContext http, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var dryRun = query.DryRun();
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var revoked = await service.RevokeAsync(http.GetCaller(), id, row => ETags.Check(http, row.Version), dryRun, ct);
        return revoked.ToResult(key => ApiResults.Json(ToResource(key.Key), SecurityJson.Default.KeyResource, key.Row.Version));
    }

    private async Task<IResult> Rotate(string id, HttpContext http, CancellationToken ct)
    {
        var query = ApiQuery.Of(http);
        var dryRun = query.DryRun();
        if (query.Refusal() is { } refusal)
        {
            return ApiResults.Problem(refusal);
        }

        var body = await ApiBody.ReadOptionalAsync(http, SecurityJson.Default.KeyRotateRequest, new KeyRotateRequest(), ct);
        var issued = body.Ok
            ? await service.RotateAsync(http.GetCaller(), id, body.Value.Grace, row => ETags.Check(http, row.Version), dryRun, ct)
            : body.Problem!;
        return issued.ToResult(key => Secret(http, key, StatusCodes.Status200OK, location: null));
    }

    private IResult Secret(HttpContext http, IssuedKey key, int status, string? location)
    {
        http.Response.Headers.CacheControl = "no-store";
        return ApiResults.Json(
            ToResource(key.Stored.Key, key.Secret), SecurityJson.Default.KeyResource, key.Stored.Row.Version, status, location);
    }

    private KeyResource ToResource(ApiKey key, string? secret = null) => KeyResources.Of(key, time.GetUtcNow(), secret);

    private static string IdOf(ApiKey key) => key.Id.ToText(KeyTables.IdPrefix);
}
