namespace Rsvp.Api.Views;

/// <summary>Adds what counts views of activities.</summary>
internal static class ViewsExtensions
{
    internal static void AddViews(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ViewOptions>().BindConfiguration("Views").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ViewCounter>();
        builder.Services.AddSingleton<ViewFlusher>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ViewFlusher>());
    }
}
