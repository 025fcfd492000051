using Foundation.Client;

var url = args.FirstOrDefault() ?? "http://127.0.0.1:7070";
await using var agent = await FoundationAgent.StartAsync(url, "summarizer", a => a
    .Handle("summarize", task => new { words = task.Data<Doc>().Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length }));
Console.WriteLine($"{agent.Name} takes tasks at {agent.Endpoint}. Ctrl-C stops.");
await agent.RunAsync();

internal sealed record Doc(string Text);
