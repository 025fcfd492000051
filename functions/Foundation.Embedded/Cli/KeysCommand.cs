using System.CommandLine;
using System.Globalization;
using Foundation.Embedded.Hosting;
using Foundation.Kernel;
using Foundation.Security;

namespace Foundation.Embedded.Cli;

/// <summary><c>foundation keys create|list|revoke</c>: on the data folder while no host runs on it, else by the host's API.</summary>
internal static class KeysCommand
{
    private static readonly Option<string?> Data = new("--data") { Description = "The data folder. [FOUNDATION_DATA; default: ./.foundation]", HelpName = "DIR", Recursive = true };
    private static readonly Option<string?> Url = new("--url") { Description = "Asks this host instead of opening the folder. [FOUNDATION_URL]", HelpName = "URL", Recursive = true };
    private static readonly Option<string?> Key = new("--key") { Description = "The admin key to ask with. [FOUNDATION_KEY]", HelpName = "KEY", Recursive = true };

    public static Command Create()
    {
        var keys = new Command("keys", "Makes, lists and revokes keys.");
        keys.Options.Add(Data);
        keys.Options.Add(Url);
        keys.Options.Add(Key);
        keys.Subcommands.Add(CreateCreate());
        keys.Subcommands.Add(CreateList());
        keys.Subcommands.Add(CreateRevoke());
        return keys;
    }

    private static Command CreateCreate()
    {
        Option<string> name = new("--name") { Description = "What people call the key.", Required = true };
        Option<string[]> role = new("--role") { Description = "agent, producer, operator, reader or admin; may be repeated.", HelpName = "ROLE" };
        Option<string[]> scope = new("--scope") { Description = "A scope such as tasks:write; may be repeated.", HelpName = "SCOPE" };
        Option<string[]> service = new("--service") { Description = "A service that an agent's key may act for; may be repeated.", HelpName = "SERVICE" };
        Option<string?> tenant = new("--tenant") { Description = "The one tenant of the key." };
        Option<string?> lifetime = new("--lifetime") { Description = "How long it lasts, such as 90d. Default: for ever.", HelpName = "DURATION" };
        var create = new Command("create", "Makes a key and prints its secret, once.");
        foreach (var option in new Option[] { name, role, scope, service, tenant, lifetime })
        {
            create.Options.Add(option);
        }

        create.SetAction(async (parsed, ct) =>
        {
            var request = new KeyRequest
            {
                Name = parsed.GetValue(name)!,
                Roles = [.. (parsed.GetValue(role) ?? []).Select(Role)],
                Scopes = parsed.GetValue(scope) ?? [],
                Services = parsed.GetValue(service) ?? [],
                Tenant = parsed.GetValue(tenant),
                Lifetime = parsed.GetValue(lifetime) is { } text ? Duration(text) : null,
            };
            await using var desk = await OpenAsync(parsed, ct);
            var made = await desk.CreateAsync(request, ct);
            Console.WriteLine(made.Secret);
            await Console.Error.WriteLineAsync($"Key {made.Id} ({made.Name}). The line above is its secret: it is shown once and stored nowhere. Send it as 'Authorization: Bearer …'.");
            return 0;
        });
        return create;
    }

    private static Command CreateList()
    {
        var list = new Command("list", "Lists the keys, newest first.");
        list.SetAction(async (parsed, ct) =>
        {
            await using var desk = await OpenAsync(parsed, ct);
            Console.WriteLine($"{"id",-30} {"status",-8} {"created",-20} {"expires",-20} {"allows",-40} name");
            await foreach (var key in desk.ListAsync(ct))
            {
                var allows = string.Join(' ', key.Roles.Select(r => Kebab.Name(r)).Concat(key.Scopes)) + (key.Tenant is null ? "" : $" (tenant {key.Tenant})");
                Console.WriteLine($"{key.Id,-30} {Kebab.Name(key.Status),-8} {Time(key.CreatedAt),-20} {Time(key.ExpiresAt),-20} {allows,-40} {key.Name}");
            }

            return 0;
        });
        return list;
    }

    private static Command CreateRevoke()
    {
        Argument<string> id = new("id") { Description = "The key's id: key_…" };
        var revoke = new Command("revoke", "Ends a key, for ever.");
        revoke.Arguments.Add(id);
        revoke.SetAction(async (parsed, ct) =>
        {
            await using var desk = await OpenAsync(parsed, ct);
            var revoked = await desk.RevokeAsync(parsed.GetValue(id)!, ct);
            Console.WriteLine($"Key {revoked.Id} ({revoked.Name}) is revoked.");
            return 0;
        });
        return revoke;
    }

    private static ValueTask<KeyDesk> OpenAsync(ParseResult parsed, CancellationToken ct) => KeyDesk.OpenAsync(
        parsed.GetValue(Data) ?? Variable("FOUNDATION_DATA"), parsed.GetValue(Url) ?? Variable("FOUNDATION_URL"), parsed.GetValue(Key) ?? Variable("FOUNDATION_KEY"), ct);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static KeyRole Role(string text) => Kebab.TryParse<KeyRole>(text, out var role)
        ? role
        : throw new StartException($"There is no role '{Texts.Clip(text)}'; roles are {string.Join(", ", Kebab.Names<KeyRole>())}.");

    private static TimeSpan Duration(string text) => Durations.TryParse(text, out var value)
        ? value
        : throw new StartException($"--lifetime '{Texts.Clip(text)}' is not {Durations.Expected}.");

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
